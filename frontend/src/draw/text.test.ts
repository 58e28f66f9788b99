import { describe, expect, it } from "vitest";
import { fitText } from "./text";

const measure = (text: string): number => [...text].length * 7;

describe("fitText", () => {
  it("leaves what fits", () => {
    expect(fitText("nurse", 35, measure)).toBe("nurse");
  });

  it("cuts what does not, as late as possible", () => {
    expect(fitText("question", 35, measure)).toBe("ques…");
    expect(fitText("x".repeat(10_000), 70, measure)).toBe(`${"x".repeat(9)}…`);
  });

  it("never cuts a character in two", () => {
    expect(fitText("👩👩👩👩👩👩", 28, measure)).toBe("👩👩👩…");
  });

  it("keeps the sign where there is no room at all", () => {
    expect(fitText("abc", 0, measure)).toBe("…");
  });
});
