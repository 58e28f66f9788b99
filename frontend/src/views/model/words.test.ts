import { describe, expect, it } from "vitest";
import { peakWords, rangeText, type Token } from "./words";

function named(tokens: readonly string[], from = 0): readonly Token[] {
  return tokens.map((text, at) => ({ text, position: at + from }));
}

describe("peakWords", () => {
  it("names single tokens", () => {
    const words = peakWords(
      { row: 1, column: 0, mass: 0.714 },
      2,
      2,
      named(["nurse", " She"]),
      named(["nurse", " She"]),
    );
    expect(words).toEqual({ query: "·She", key: "nurse", weight: "weight 0.71" });
  });
  it("names the range of a bin and says that the weight is a mean", () => {
    const tokens = Array.from({ length: 64 }, (_, at) => `t${at}`);
    const words = peakWords({ row: 1, column: 0, mass: 0.5 }, 32, 32, named(tokens), named(tokens));
    expect(words).toEqual({
      query: "2 to 3 (t2 … t3)",
      key: "0 to 1 (t0 … t1)",
      weight: "mean weight 0.50",
    });
  });
  it("tells positions in the whole text where only a segment is shown", () => {
    expect(rangeText({ first: 0, last: 1 }, named(["a", "b"], 7))).toBe("7 to 8 (a … b)");
  });
  it("survives tokens that are missing, long or hostile", () => {
    expect(rangeText({ first: 3, last: 3 }, [])).toBe("position 3");
    expect(rangeText({ first: 0, last: 0 }, named(["x".repeat(10_000)])).length).toBeLessThan(20);
    expect(rangeText({ first: 0, last: 0 }, named(["\u202e\n"]))).toBe("\\u202e↵");
  });
});
