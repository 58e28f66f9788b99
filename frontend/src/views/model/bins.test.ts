import { describe, expect, it } from "vitest";
import { binRange, binRows, peakBin, peakOf, thumbnailOf } from "./bins";

describe("binRange", () => {
  it("agrees with floor(t * bins / tokens) for every token", () => {
    for (const tokens of [1, 5, 12, 31, 32, 33, 50, 64, 100, 1023, 1024]) {
      const bins = Math.min(32, tokens);
      for (let t = 0; t < tokens; t++) {
        const { first, last } = binRange(Math.floor((t * bins) / tokens), bins, tokens);
        expect(first <= t && t <= last).toBe(true);
      }
      expect(binRange(bins - 1, bins, tokens).last).toBe(tokens - 1);
    }
  });
  it("is a single token for short texts", () => {
    expect(binRange(3, 12, 12)).toEqual({ first: 3, last: 3 });
  });
});

describe("binRows", () => {
  it("are the positions of the tokens that a bin pools, also of one segment", () => {
    const tokens = [4, 5, 6, 7, 8].map((position) => ({ position }));
    expect(binRows(tokens, 2)).toEqual({ first: [4, 7], last: [6, 8] });
    expect(binRows(tokens, 5).first).toEqual([4, 5, 6, 7, 8]);
  });
});

describe("peaks", () => {
  it("reads one head out of all", () => {
    const data = Uint8Array.from({ length: 2 * 3 * 4 }, (_, at) => at);
    const thumbnails = { step: 0, layers: [4, 7], heads: 3, rows: 2, columns: 2, data };
    expect([...thumbnailOf(thumbnails, 1, 2)]).toEqual([20, 21, 22, 23]);
  });
  it("leaves out the first row of a causal head, where every weight must go to the first token", () => {
    const thumbnail = Uint8Array.from([255, 0, 100, 200]);
    expect(peakBin(thumbnail, 2, true)).toEqual({ row: 1, column: 1, mass: (200 / 255) ** 2 });
    expect(peakBin(thumbnail, 2, false)).toEqual({ row: 0, column: 0, mass: 1 });
    expect(peakBin(Uint8Array.from([255]), 1, true)?.mass).toBe(1);
  });
  it("finds none in a head that is all zero or not a number", () => {
    expect(peakBin(new Uint8Array(4), 2, false)).toBeNull();
    expect(peakOf([Number.NaN, Number.NaN], 2)).toBeNull();
  });
});
