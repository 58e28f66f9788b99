import { describe, expect, it } from "vitest";
import { countText, fitText, percentText, weightText } from "./labels";

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

describe("numbers", () => {
  it("have four decimals and never round something to nothing", () => {
    expect([0.71344, 0, 0.00001, 1, Number.NaN].map(weightText)).toEqual([
      "0.7134",
      "0",
      "<0.0001",
      "1.0000",
      "not a number",
    ]);
  });

  it("never say all or nothing of a share that is neither", () => {
    expect([0, 0.001, 0.5, 0.9989, 1].map(percentText)).toEqual([
      "0 %",
      "under 1 %",
      "50 %",
      "over 99 %",
      "100 %",
    ]);
  });

  it("are readable when large", () => {
    expect(countText(12345)).toBe("12,345");
  });
});
