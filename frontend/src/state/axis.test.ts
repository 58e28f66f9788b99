import { describe, expect, it } from "vitest";
import { axisOf, blockAxis } from "./axis";

describe("axisOf", () => {
  it("gives every token a row", () => {
    const axis = axisOf(3);
    expect([axis.count, axis.plain, [...axis.row]]).toEqual([3, true, [0, 1, 2]]);
  });

  it("groups tokens, the first of them even where nothing begins", () => {
    const axis = axisOf(5, (token) => token === 2 || token === 4);
    expect([[...axis.first], [...axis.last], [...axis.row]]).toEqual([
      [0, 2, 4],
      [1, 3, 4],
      [0, 0, 1, 1, 2],
    ]);
    expect(axis.plain).toBe(false);
  });

  it("makes blocks of the tokens that are shown, as the server does", () => {
    expect([...blockAxis(5, 2).row]).toEqual([0, 0, 1, 1, 2]);
    const axis = blockAxis(6, 2, (token) => token % 3 !== 1);
    expect([[...axis.first], [...axis.last], [...axis.row]]).toEqual([
      [0, 3],
      [2, 5],
      [0, -1, 0, 1, -1, 1],
    ]);
  });

  it("leaves out what is filtered, and never groups across a gap", () => {
    const axis = axisOf(
      6,
      (token) => token === 0,
      (token) => token !== 2,
    );
    expect([[...axis.first], [...axis.last], [...axis.row]]).toEqual([
      [0, 3],
      [1, 5],
      [0, 0, -1, 1, 1, 1],
    ]);
  });
});
