import { describe, expect, it } from "vitest";
import { ACROSS, DOWN, placeAfter } from "./roving";

describe("arrow keys among controls", () => {
  it("stay at the ends of a row", () => {
    expect(
      [
        ["ArrowRight", 0],
        ["ArrowRight", 2],
        ["ArrowLeft", 0],
        ["Home", 2],
        ["End", 0],
      ].map(([key, at]) => placeAfter(String(key), Number(at), 3, ACROSS)),
    ).toEqual([1, 2, 0, 0, 2]);
  });

  it("go round in a menu", () => {
    expect(placeAfter("ArrowDown", 2, 3, DOWN)).toBe(0);
    expect(placeAfter("ArrowUp", 0, 3, DOWN)).toBe(2);
  });

  it("leave other keys to others", () => {
    expect(["ArrowUp", "Enter", "a"].map((key) => placeAfter(key, 1, 3, ACROSS))).toEqual([
      null,
      null,
      null,
    ]);
  });
});
