import { describe, expect, it } from "vitest";
import { letterSize, SMALLEST_LETTERS } from "./letters";

describe("letterSize", () => {
  it("is the usual one on a laptop, without laying the text for it", () => {
    const asked = (): number => {
      throw new Error("asked");
    };
    expect(letterSize(640, 300, asked)).toBe(SMALLEST_LETTERS);
    expect(letterSize(0, 0, asked)).toBe(SMALLEST_LETTERS);
  });
  it("grows with the card, up to a largest", () => {
    expect(letterSize(1300, 700, () => 26)).toBe(20);
    expect(letterSize(1900, 1000, () => 26)).toBe(29);
    expect(letterSize(3000, 1000, () => 26)).toBe(32);
  });
  it("grows no further than all of the text stays in sight", () => {
    expect(letterSize(1900, 1000, () => 600)).toBe(17);
    expect(letterSize(1900, 1000, () => 5000)).toBe(SMALLEST_LETTERS);
  });
});
