import { describe, expect, it } from "vitest";
import { namedRows, outOfSightText } from "./paint_names";

const LINKED = [
  { row: 3, weight: 0.2 },
  { row: 4, weight: 0.5 },
  { row: 90, weight: 0.1 },
  { row: 91, weight: 0.05 },
];

describe("namedRows", () => {
  it("names the strongest that do not overlap", () => {
    expect(namedRows(LINKED, 1, 14, 5)).toEqual([4, 90]);
    expect(namedRows(LINKED, 14, 14, 5)).toEqual([4, 3, 90, 91]);
  });

  it("names no more than asked", () => {
    expect(namedRows(LINKED, 14, 14, 2)).toEqual([4, 3]);
  });
});

it("says how many links are out of sight", () => {
  expect(outOfSightText("↑", LINKED)).toBe("↑ 4 more, up to 0.50");
});
