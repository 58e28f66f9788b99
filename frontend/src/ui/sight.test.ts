import { describe, expect, it } from "vitest";
import { scrollToMiddle, scrollToSee } from "./sight";

describe("bringing into sight", () => {
  it("scrolls as little as needed", () => {
    expect(scrollToSee(100, 20, 0, 100)).toBe(20);
    expect(scrollToSee(40, 20, 60, 100)).toBe(40);
    expect(scrollToSee(0, 10, 300, 500)).toBe(0);
    expect(scrollToSee(47 * 20, 20, 0, 500)).toBe(48 * 20 - 500);
  });

  it("leaves what is seen whole where it is", () => {
    expect(scrollToSee(60, 20, 60, 100)).toBe(60);
    expect(scrollToSee(30, 10, 0, 500)).toBe(0);
    expect(scrollToMiddle(100, 20, 50, 100)).toBe(50);
  });

  it("puts in the middle what was out of sight", () => {
    expect(scrollToMiddle(400, 20, 0, 100)).toBe(360);
    expect(scrollToMiddle(0, 20, 200, 100)).toBe(-40);
  });
});
