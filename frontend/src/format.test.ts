import { describe, expect, it } from "vitest";
import {
  cellText,
  countText,
  effectText,
  endTexts,
  exactText,
  fixedText,
  limitText,
  percentText,
  plainText,
  plural,
  scoreText,
  shortPercentText,
  shortText,
  shortWeightText,
  signedText,
  thousandthsText,
  tickText,
  timeText,
} from "./format";

describe("numbers as text", () => {
  it("have four decimals, and powers of ten where these say nothing", () => {
    expect([1.21094, -0.5, 0.71344, 1, 0, 0.00001234, -0.00002, 123456].map(exactText)).toEqual([
      "1.2109",
      "−0.5000",
      "0.7134",
      "1.0000",
      "0",
      "1.23e−5",
      "−2.00e−5",
      "1.23e+5",
    ]);
  });

  it("of effects have two digits, however small, and nothing is exactly nothing", () => {
    const effects = [0.8412, 4, -0.0008, 0.0334, 12.34, -150.4, 0.0000004, 0, Number.NaN];
    expect(effects.map(effectText)).toEqual([
      "0.84",
      "4.00",
      "−0.0008",
      "0.033",
      "12.3",
      "−150",
      "4.0e−7",
      "0",
      "NaN",
    ]);
  });

  it("stand as they were given where they are settings", () => {
    const settings = [50, -0.125, Number.POSITIVE_INFINITY, Number.NaN];
    expect(settings.map(plainText)).toEqual(["50", "−0.125", "∞", "NaN"]);
  });

  it("say what is not a number or infinite, everywhere alike", () => {
    const broken = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const fixed = (value: number): string => fixedText(value, 3);
    const weight = (value: number): string => shortWeightText(value, 1);
    for (const format of [exactText, signedText, shortText, fixed, weight, shortPercentText])
      expect(broken.map(format).map((text) => text.replace("+", ""))).toEqual(["NaN", "∞", "−∞"]);
    expect(percentText(Number.NaN)).toBe("NaN %");
  });

  it("show signs, and none on zero", () => {
    expect([0.1419, -0.1419, 0, -0].map(signedText)).toEqual(["+0.1419", "−0.1419", "0", "0"]);
    expect(shortText(-0.001)).toBe("0.00");
    expect([-0.2, -0.01].map((value) => fixedText(value, 1))).toEqual(["−0.2", "0.0"]);
  });

  it("are short where there is little room", () => {
    expect([3.197, -12.5, 123456].map(shortText)).toEqual(["3.20", "−12.50", "1.2e+5"]);
    expect([2.134, 0.01234, 150, 12345, 0.00001].map(limitText)).toEqual([
      "2.1",
      "0.012",
      "150",
      "1e+4",
      "1e−5",
    ]);
    expect([0.0015, 1, Number.NaN].map((weight) => shortWeightText(weight, 1))).toEqual([
      "0.002",
      "1.000",
      "NaN",
    ]);
    expect(shortWeightText(0.0015, 0.05)).toBe("0.0015");
    expect([-0.25, -0.0001].map((change) => shortWeightText(change, 1))).toEqual([
      "−0.250",
      "0.000",
    ]);
  });

  it("of both ends of an axis are told apart", () => {
    expect(endTexts([-0.312, 4.06])).toEqual(["−0.31", "4.1"]);
    expect(endTexts([0.00026, 0.00034])).toEqual(["2.6e−4", "3.4e−4"]);
    expect(endTexts([12_345, 12_399])).toEqual(["1.23e+4", "1.24e+4"]);
    expect(endTexts([4.061, 4.062])).toEqual(["4.061", "4.062"]);
    expect(endTexts([2, 2])).toEqual(["2", "2"]);
  });

  it("of scores say which is masked", () => {
    expect([-1.5, Number.NEGATIVE_INFINITY, Number.NaN].map(scoreText)).toEqual([
      "−1.50",
      "masked",
      "NaN",
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
    expect([0.31, 0.004, 0, 1].map(shortPercentText)).toEqual(["31 %", "0.4 %", "0 %", "100 %"]);
  });

  it("are readable when large", () => {
    expect([countText(12345), countText(-1200)]).toEqual(["12,345", "−1,200"]);
    expect([0, -0, 7, 999, 1000, 123456, 9876543210, Number.NaN].map(countText)).toEqual([
      ...["0", "0", "7", "999", "1,000", "123,456", "9,876,543,210", "NaN"],
    ]);
    expect([1, 1200].map((count) => plural(count, "step"))).toEqual(["1 step", "1,200 steps"]);
  });
});

describe("a round number on an axis", () => {
  it("has the digits of its distance to the next", () => {
    expect([tickText(0.5, 0.5), tickText(-2.5, 0.5), tickText(0, 0.1)]).toEqual([
      "0.5",
      "−2.5",
      "0",
    ]);
    expect([tickText(0.3, 0.1), tickText(1200, 200), tickText(-0, 1)]).toEqual([
      "0.3",
      "1,200",
      "0",
    ]);
  });

  it("is a power of ten where it would be long", () => {
    expect([tickText(2e5, 1e5), tickText(2.5e6, 5e5)]).toEqual(["2e+5", "2.5e+6"]);
    expect([tickText(-2e-6, 2e-6), tickText(1.2e-5, 2e-6)]).toEqual(["−2e−6", "1.2e−5"]);
  });
});

describe("cellText", () => {
  it("has two digits and no room to lose", () => {
    expect(
      [0.4749, 1, 0.996, 0.004, 0, 1.25, -0.051, -0.002].map((each) => cellText(each)),
    ).toEqual([".47", "1", "1", "0", "0", "1.25", "−.05", "0"]);
    expect(cellText(Number.NaN)).toBe("NaN");
  });
  it("has three where the strongest colour stands for less", () => {
    expect([0.0114, -0.0051, 0.0004, 0.06].map((each) => cellText(each, 0.05))).toEqual([
      ".011",
      "−.005",
      "0",
      ".060",
    ]);
    expect([0.0114, -0.0051, 0.0004].map(thousandthsText)).toEqual(["11", "−5", "0"]);
  });
});

describe("a time", () => {
  it("is the local date and time", () => {
    const at = (...parts: [number, number, number, number, number]): number =>
      new Date(...parts).getTime() / 1000;
    expect(timeText(at(2026, 8, 7, 3, 4))).toBe("7 Sept 2026, 03:04");
    expect(timeText(at(2023, 10, 14, 22, 13))).toBe("14 Nov 2023, 22:13");
    expect(timeText(at(2026, 0, 31, 0, 0))).toBe("31 Jan 2026, 00:00");
    expect(timeText(Number.NaN)).toBe("Invalid Date");
  });
});
