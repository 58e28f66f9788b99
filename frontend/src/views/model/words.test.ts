import { describe, expect, it } from "vitest";
import { peakWords, rangeText } from "./words";

describe("peakWords", () => {
  it("names single tokens", () => {
    const words = peakWords({ row: 1, column: 0, mass: 0.714 }, 2, 2, ["nurse", " She"], ["nurse", " She"]);
    expect(words).toEqual({ query: "·She", key: "nurse", weight: "weight 0.71" });
  });
  it("names the range of a bin and says that the weight is a mean", () => {
    const tokens = Array.from({ length: 64 }, (_, at) => `t${at}`);
    const words = peakWords({ row: 1, column: 0, mass: 0.5 }, 32, 32, tokens, tokens);
    expect(words).toEqual({ query: "2 to 3 (t2 … t3)", key: "0 to 1 (t0 … t1)", weight: "mean weight 0.50" });
  });
  it("survives tokens that are missing, long or hostile", () => {
    expect(rangeText({ first: 3, last: 3 }, [])).toBe("position 3");
    expect(rangeText({ first: 0, last: 0 }, ["x".repeat(10_000)]).length).toBeLessThan(20);
    expect(rangeText({ first: 0, last: 0 }, ["\u202e\n"])).toBe("\\u202e↵");
  });
});
