import { describe, expect, it } from "vitest";
import { exact, limit, percent, short, signed, weightText } from "./numbers";

describe("numbers as text", () => {
  it("gives four decimals, and powers of ten where these say nothing", () => {
    expect([1.21094, -0.5, 0, 0.00001234, 123456].map(exact)).toEqual([
      "1.2109",
      "−0.5000",
      "0.0000",
      "1.23e−5",
      "1.23e+5",
    ]);
  });
  it("says what is not a number or infinite", () => {
    const broken = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const format of [exact, short, signed])
      expect(broken.map(format).map((text) => text.replace("+", ""))).toEqual(["NaN", "∞", "−∞"]);
    expect(percent(Number.NaN)).toBe("NaN");
  });
  it("shows signs, and none on zero", () => {
    expect([0.1419, -0.1419, 0, -0].map(signed)).toEqual([
      "+0.1419",
      "−0.1419",
      "0.0000",
      "0.0000",
    ]);
    expect(short(-0.001)).toBe("0.00");
  });
  it("keeps labels short", () => {
    expect([3.197, -12.5, 123456].map(short)).toEqual(["3.20", "−12.50", "1.2e+5"]);
    expect([2.134, 0.01234, 150, 12345, 0.00001].map(limit)).toEqual([
      "2.1",
      "0.012",
      "150",
      "1e+4",
      "1e−5",
    ]);
    expect([0.0015, 1, Number.NaN].map((weight) => weightText(weight, 1))).toEqual([
      "0.002",
      "1.000",
      "NaN",
    ]);
    expect(weightText(0.0015, 0.05)).toBe("0.0015");
    expect([-0.25, -0.0001].map((change) => weightText(change, 1))).toEqual(["−0.250", "0.000"]);
    expect([0.31, 0.004, 0, 1].map(percent)).toEqual(["31 %", "0.4 %", "0 %", "100 %"]);
  });
});
