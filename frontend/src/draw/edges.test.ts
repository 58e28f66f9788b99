import { describe, expect, it } from "vitest";
import { strongestEdges } from "./edges";

/** A reproducible stream of numbers 0..1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function causal(count: number, seed: number): Float32Array {
  const next = random(seed);
  const data = new Float32Array(count * count);
  for (let query = 0; query < count; query++) {
    const row = Array.from({ length: query + 1 }, () => next() ** 6);
    const sum = row.reduce((total, each) => total + each, 0);
    row.forEach((each, key) => {
      data[query * count + key] = each / sum;
    });
  }
  return data;
}

const whole = (count: number) => ({ queries: [0, count] as const, keys: [0, count] as const });

describe("strongestEdges", () => {
  it("finds the same edges as sorting all of them", () => {
    const series = [causal(40, 1), causal(40, 2), causal(40, 3)];
    const found = strongestEdges(series, 40, whole(40), () => 0.01, 200);
    const all = series.flatMap((data) => [...data]).filter((weight) => weight >= 0.01);
    all.sort((a, b) => b - a);
    expect(found.count).toBe(200);
    expect(found.candidates).toBe(all.length);
    const weights = [...found.weight].sort((a, b) => b - a);
    // Within one class of equal weights any may be taken: classes are narrower than 1/2048.
    weights.forEach((weight, at) => {
      expect(Math.abs(weight - (all[at] ?? 0))).toBeLessThan(1 / 2048);
    });
    expect(found.mass).toBeCloseTo(
      weights.reduce((total, each) => total + each, 0),
      4,
    );
  });

  it("has a smallest weight for each query of each series", () => {
    const data = new Float32Array([0.5, 0.5, 0.4, 0.6]);
    const found = strongestEdges(
      [data, data],
      2,
      whole(2),
      (series, query) => (series === 0 ? 0 : query === 0 ? 1 : 0.5),
      10,
    );
    expect([found.count, found.candidates, [...found.series].sort()]).toEqual([
      5,
      5,
      [0, 0, 0, 0, 1],
    ]);
  });

  it("ascends, so that the strongest are drawn on top", () => {
    const { weight, count } = strongestEdges([causal(64, 7)], 64, whole(64), () => 0, 500);
    for (let at = 1; at < count; at++)
      expect(weight[at]).toBeGreaterThan((weight[at - 1] ?? 0) - 1 / 2048);
  });

  it("names head, query and key of each edge", () => {
    const first = new Float32Array([0.5, 0, 0.1, 0.9]);
    const second = new Float32Array([0, 0.25, 0, 0]);
    const { count, series, query, key, weight } = strongestEdges(
      [first, second],
      2,
      whole(2),
      () => 0.2,
      10,
    );
    const edges = Array.from({ length: count }, (_, at) => [
      series[at],
      query[at],
      key[at],
      weight[at],
    ]);
    expect(edges).toEqual([
      [1, 0, 1, 0.25],
      [0, 0, 0, 0.5],
      [0, 1, 1, expect.closeTo(0.9, 6)],
    ]);
  });

  it("stays within its region and counts the weight of all of it", () => {
    const data = causal(30, 5);
    const found = strongestEdges(
      [data],
      30,
      { queries: [10, 14], keys: [0, 30] },
      () => 0.05,
      1000,
    );
    expect([...found.query].every((query) => query >= 10 && query < 14)).toBe(true);
    expect(found.massOfAll).toBeCloseTo(4, 4);
    expect(found.mass).toBeLessThan(found.massOfAll);
  });

  it("draws neither masked nor broken weights, even where the threshold is 0", () => {
    const found = strongestEdges(
      [new Float32Array([0, Number.NaN, 0.3, -1])],
      2,
      whole(2),
      () => 0,
      10,
    );
    expect([found.count, found.candidates, found.broken]).toEqual([1, 1, 1]);
  });

  it("takes all where the limit is not reached, and none of nothing", () => {
    expect(strongestEdges([causal(12, 3)], 12, whole(12), () => 0, 10_000).count).toBe(78);
    expect(strongestEdges([], 0, whole(0), () => 0, 10).count).toBe(0);
  });
});
