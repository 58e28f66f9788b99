import { describe, expect, it } from "vitest";
import { keysWithRoom } from "./heat";

const rows = [
  { data: Float32Array.of(0.1, 0.2, 0, 0.7, 0) },
  { data: Float32Array.of(0.6, 0.1, 0, 0.3, 0) },
];

describe("keysWithRoom", () => {
  it("are all that the query sees, in the order of the text", () => {
    expect(keysWithRoom(rows, 5, (key) => key < 4)).toEqual([0, 1, 2, 3]);
  });

  it("are those with the largest weight in any head where there are too many", () => {
    expect(keysWithRoom(rows, 5, (key) => key < 4, 2)).toEqual([0, 3]);
    expect(
      keysWithRoom([{ data: Float32Array.of(0.1, -0.5, Number.NaN) }], 3, () => true, 1),
    ).toEqual([1]);
  });
});
