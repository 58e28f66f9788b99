import { describe, expect, it } from "vitest";
import { type Edges, strongestEdges } from "./edges";
import { SortedEdges } from "./sorted_edges";

const [queries, keys] = [30, 40];

/** A reproducible head; some weights are 0, one is no number. */
function head(seed: number): Float32Array {
  let state = seed;
  const data = Float32Array.from({ length: queries * keys }, () => {
    state = (state * 16807) % 2147483647;
    return state % 5 === 0 ? 0 : (state / 2147483647) ** 6;
  });
  data[7 * keys + 3] = Number.NaN;
  return data;
}

const series = [head(3), head(4)];
const least = (place: number, query: number): number => (place + query) / 400;
const sorted = new SortedEdges({ series, queries, keys, least });

function direct(rows: readonly [number, number], limit: number): Edges {
  return strongestEdges(series, keys, { queries: rows, keys: [0, keys] }, least, limit);
}

const names = ({ series: of, query, key }: Edges): readonly string[] =>
  Array.from(of, (each, at) => `${each} ${query[at]} ${key[at]}`).sort();

describe("SortedEdges", () => {
  it.each([
    [[0, queries], 50],
    [[0, queries], 100_000],
    [[5, 12], 20],
    [[7, 8], 4],
    [[29, 30], 1],
    [[12, 12], 10],
  ] as const)("finds of the rows %j the %i that strongestEdges finds", (rows, limit) => {
    const [found, wanted] = [sorted.strongest(rows, limit), direct(rows, limit)];
    expect(names(found)).toEqual(names(wanted));
    for (const name of ["count", "candidates", "broken"] as const)
      expect(found[name]).toBe(wanted[name]);
    expect(found.mass).toBeCloseTo(wanted.mass, 6);
    expect(found.massOfAll).toBeCloseTo(wanted.massOfAll, 6);
  });

  it("has the weakest first, as lines are drawn", () => {
    const { weight } = sorted.strongest([0, queries], 60);
    // Within a class of weights, which is narrower than 1/2048, any may be first.
    for (let at = 1; at < weight.length; at++)
      expect((weight[at - 1] ?? 0) - (weight[at] ?? 0)).toBeLessThan(1 / 2048);
  });
});
