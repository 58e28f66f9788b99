import { describe, expect, it } from "vitest";
import { sumOfLosses } from "./rows";

describe("the loss of a row", () => {
  it("is that of its tokens together, of those that were predicted", () => {
    const losses = [Number.NaN, 2, 0.5, 1];
    expect(sumOfLosses(losses, 1, 3)).toBe(3.5);
    expect(sumOfLosses(losses, 0, 1)).toBe(2);
    expect(sumOfLosses(losses, 0, 0)).toBeNaN();
    expect(sumOfLosses([], 0, 2)).toBeNaN();
  });
});
