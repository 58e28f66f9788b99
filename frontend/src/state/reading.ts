/**
 * Weights of one head as they are to be shown: what arrives in their place, without hidden keys,
 * renormalised, for whole words, for one pair of segments. Pure.
 */

import type { Axis } from "./axis";

export interface Plan {
  /**
   * Tokens of a row and of a column; more than 1 where the text is so long that the server has read
   * the weights already.
   */
  readonly block: number;
  readonly queries: Axis;
  readonly keys: Axis;
  /** 1: the weights of this key are left out. null: no key is. */
  readonly hidden: Uint8Array | null;
  readonly show: "weight" | "arriving";
  /**
   * Lengths of the values of all keys: weights become shares of what arrives by them, before all
   * else. null: they stay what they came as.
   */
  readonly norms: Float32Array | null;
  /**
   * Rows are divided by what remains without the hidden keys, and without the keys that have no
   * column.
   */
  readonly renormaliseHidden: boolean;
  readonly renormaliseKeys: boolean;
}

/**
 * data[row * keys.count + column]; left[row]: the share of the row's weight, before renormalising,
 * that is hidden or has no column.
 */
export interface Reading {
  readonly data: Float32Array;
  readonly left: Float32Array | null;
}

/** Whether weights are shown as they came. */
export function isPlain(plan: Plan): boolean {
  const { block, queries, keys, hidden, norms } = plan;
  return block > 1 || (queries.plain && keys.plain && hidden === null && norms === null);
}

/**
 * `weights` [queries, keys] of all tokens. A row is the mean over its queries, a column the sum
 * over its keys; nothing is copied where nothing changes.
 */
export function readHead(weights: Float32Array, plan: Plan): Reading {
  if (isPlain(plan)) return { data: weights, left: null };
  const { queries, keys } = plan;
  const data = new Float32Array(queries.count * keys.count);
  const left = new Float32Array(queries.count);
  const places = placesOf(plan);
  for (let row = 0; row < queries.count; row++) {
    const span = weights.subarray(
      (queries.first[row] ?? 0) * keys.row.length,
      ((queries.last[row] ?? 0) + 1) * keys.row.length,
    );
    const shares = plan.norms === null ? span : sharesOf(span, plan.norms);
    left[row] = readRow(shares, places, data.subarray(row * keys.count, (row + 1) * keys.count));
  }
  return { data, left };
}

/** Weights [queries, keys] times the lengths of the values, each row divided by its sum. */
export function sharesOf(weights: Float32Array, norms: Float32Array): Float32Array {
  const shares = new Float32Array(weights.length);
  for (let start = 0; start < weights.length; start += norms.length) {
    let total = 0;
    for (let key = 0; key < norms.length; key++) {
      const length = (weights[start + key] as number) * (norms[key] as number);
      shares[start + key] = length;
      total += length;
    }
    if (total === 0) continue;
    for (let at = start; at < start + norms.length; at++)
      shares[at] = (shares[at] as number) / total;
  }
  return shares;
}

/** What becomes of the weights of each key. */
interface Places {
  /** Column, or -1 for none. */
  readonly column: Int32Array;
  /** 1: they belong to what a row is divided by. */
  readonly counted: Uint8Array;
  readonly divides: boolean;
}

function placesOf({ keys, hidden, renormaliseHidden, renormaliseKeys }: Plan): Places {
  const isHidden = (key: number): boolean => hidden?.[key] === 1;
  return {
    column: keys.row.map((column, key) => (isHidden(key) ? -1 : column)),
    counted: Uint8Array.from(keys.row, (column, key) =>
      Number(!(isHidden(key) && renormaliseHidden) && !(column < 0 && renormaliseKeys)),
    ),
    divides: renormaliseHidden || renormaliseKeys,
  };
}

/**
 * Adds the queries of `span` [queries, keys] into one row. Returns the share of its weight that has
 * no column.
 */
function readRow(
  span: Float32Array,
  { column, counted, divides }: Places,
  out: Float32Array,
): number {
  const keys = column.length;
  const count = span.length / keys;
  let [all, shown, divisor] = [0, 0, 0];
  for (let start = 0; start < span.length; start += keys) {
    for (let key = 0; key < keys; key++) {
      const weight = span[start + key] as number;
      const into = column[key] as number;
      all += weight;
      if (counted[key] === 1) divisor += weight;
      if (into < 0) continue;
      shown += weight;
      out[into] = (out[into] as number) + weight;
    }
  }
  const share = !divides ? 1 / count : divisor === 0 ? 0 : 1 / divisor;
  if (share !== 1) for (let at = 0; at < out.length; at++) out[at] = (out[at] as number) * share;
  return (all - shown) / count;
}

const BUCKETS = 256;
const sums = new Float64Array(BUCKETS);

/**
 * The smallest of the largest weights of a row that together make `share` of it; 0 where that is
 * all of them. Equal weights stay together.
 */
export function massCutoff(row: Float32Array, share: number): number {
  if (share >= 1) return 0;
  sums.fill(0);
  let total = 0;
  for (const weight of row) {
    if (!(weight > 0)) continue;
    total += weight;
    const bucket = bucketOf(weight);
    sums[bucket] = (sums[bucket] ?? 0) + weight;
  }
  // The sums below round differently from the total.
  const wanted = share * total * (1 - 1e-6);
  let sum = 0;
  let bucket = BUCKETS - 1;
  while (bucket > 0 && sum + (sums[bucket] ?? 0) < wanted) sum += sums[bucket--] ?? 0;
  const inBucket = row.filter((weight) => weight > 0 && bucketOf(weight) === bucket).sort();
  for (let at = inBucket.length - 1; at >= 0; at--) {
    sum += inBucket[at] ?? 0;
    if (sum >= wanted) return inBucket[at] ?? 0;
  }
  return 0;
}

function bucketOf(weight: number): number {
  return Math.min(BUCKETS - 1, Math.floor(Math.sqrt(weight) * BUCKETS));
}
