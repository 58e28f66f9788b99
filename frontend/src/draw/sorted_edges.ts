/**
 * All edges sorted once, so that the strongest of any rows are soon found, in each frame. Knows no
 * signal and no view.
 */

import { BUCKETS, bucketOf, type Edges, type Least } from "./edges";

/** What `strongestEdges` takes; all series have `queries` rows. */
export interface AllEdges {
  readonly series: readonly Float32Array[];
  readonly queries: number;
  readonly keys: number;
  readonly least: Least;
}

export class SortedEdges {
  private readonly of: AllEdges;
  /** Cells of all series, one after the other; the heaviest class first, in a class by their place. */
  private readonly order: Uint32Array;
  /** Of each query, in all series: sum of all weights, how many may be edges, how many are no numbers. */
  private readonly mass: Float64Array;
  private readonly candidates: Uint32Array;
  private readonly broken: Uint32Array;

  constructor(of: AllEdges) {
    this.of = of;
    this.mass = new Float64Array(of.queries);
    this.candidates = new Uint32Array(of.queries);
    this.broken = new Uint32Array(of.queries);
    this.order = this.placed(this.counted());
  }

  /** What `strongestEdges` finds among queries [from, to) and all keys. */
  strongest([from, to]: readonly [number, number], limit: number): Edges {
    const { series, queries, keys } = this.of;
    const candidates = sumOf(this.candidates, from, to);
    const count = Math.min(limit, candidates);
    const found = {
      count,
      series: new Uint16Array(count),
      query: new Uint32Array(count),
      key: new Uint32Array(count),
      weight: new Float32Array(count),
    };
    const size = queries * keys;
    let [mass, left] = [0, count];
    for (let at = 0; left > 0 && at < this.order.length; at++) {
      const cell = this.order[at] ?? 0;
      const which = Math.floor(cell / size);
      const place = cell - which * size;
      const query = Math.floor(place / keys);
      if (query < from || query >= to) continue;
      left--;
      const weight = series[which]?.[place] ?? 0;
      found.series[left] = which;
      found.query[left] = query;
      found.key[left] = place - query * keys;
      found.weight[left] = weight;
      mass += weight;
    }
    const massOfAll = sumOf(this.mass, from, to);
    return { ...found, candidates, mass, massOfAll, broken: sumOf(this.broken, from, to) };
  }

  /** How many cells each class has. */
  private counted(): Uint32Array {
    const { series, queries, keys, least } = this.of;
    const counts = new Uint32Array(BUCKETS);
    for (const [index, data] of series.entries()) {
      for (let query = 0; query < queries; query++) {
        const smallest = least(index, query);
        let [mass, candidates, broken] = [0, 0, 0];
        for (let at = query * keys; at < (query + 1) * keys; at++) {
          const weight = data[at] ?? 0;
          if (weight > 0) {
            mass += weight;
            if (weight < smallest) continue;
            candidates++;
            const bucket = bucketOf(weight);
            counts[bucket] = (counts[bucket] ?? 0) + 1;
          } else if (Number.isNaN(weight)) broken++;
        }
        this.mass[query] = (this.mass[query] ?? 0) + mass;
        this.candidates[query] = (this.candidates[query] ?? 0) + candidates;
        this.broken[query] = (this.broken[query] ?? 0) + broken;
      }
    }
    return counts;
  }

  private placed(counts: Uint32Array): Uint32Array {
    const { series, queries, keys, least } = this.of;
    const next = new Uint32Array(BUCKETS);
    let all = 0;
    for (let bucket = BUCKETS - 1; bucket >= 0; bucket--) {
      next[bucket] = all;
      all += counts[bucket] ?? 0;
    }
    const order = new Uint32Array(all);
    for (const [index, data] of series.entries()) {
      for (let query = 0; query < queries; query++) {
        const smallest = least(index, query);
        for (let at = query * keys; at < (query + 1) * keys; at++) {
          const weight = data[at] ?? 0;
          if (!(weight > 0) || weight < smallest) continue;
          const bucket = bucketOf(weight);
          const place = next[bucket] ?? 0;
          next[bucket] = place + 1;
          order[place] = index * queries * keys + at;
        }
      }
    }
    return order;
  }
}

function sumOf(all: Float64Array | Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += all[at] ?? 0;
  return sum;
}
