/** Weights of one head as they are to be shown: without hidden keys, renormalised, for whole words, for one pair of segments. Pure. */

import type { Axis } from "./axis";

export interface Plan {
  /** Tokens of a row and of a column; more than 1 where the text is so long that the server has read the weights already. */
  readonly block: number;
  readonly queries: Axis;
  readonly keys: Axis;
  /** 1: the weights of this key are left out. null: no key is. */
  readonly hidden: Uint8Array | null;
  /** Rows are divided by what remains without the hidden keys, and without the keys that have no column. */
  readonly renormaliseHidden: boolean;
  readonly renormaliseKeys: boolean;
}

/** data[row * keys.count + column]; left[row]: the share of the row's weight, before renormalising, that is hidden or has no column. */
export interface Reading {
  readonly data: Float32Array;
  readonly left: Float32Array | null;
}

/** Whether weights are shown as they came. */
export function isPlain(plan: Plan): boolean {
  return plan.block > 1 || (plan.queries.plain && plan.keys.plain && plan.hidden === null);
}

/** `weights` [queries, keys] of all tokens. A row is the mean over its queries, a column the sum over its keys; nothing is copied where nothing changes. */
export function readHead(weights: Float32Array, plan: Plan): Reading {
  if (isPlain(plan)) return { data: weights, left: null };
  const { queries, keys } = plan;
  const data = new Float32Array(queries.count * keys.count);
  const left = new Float32Array(queries.count);
  for (let row = 0; row < queries.count; row++) {
    const out = data.subarray(row * keys.count, (row + 1) * keys.count);
    left[row] = readRow(weights, plan, row, out);
  }
  return { data, left };
}

function readRow(weights: Float32Array, plan: Plan, row: number, out: Float32Array): number {
  const { queries, keys, hidden } = plan;
  const [from, to] = [queries.first[row] ?? 0, queries.last[row] ?? 0];
  let [all, shown, divisor] = [0, 0, 0];
  for (let query = from; query <= to; query++) {
    const start = query * keys.row.length;
    for (let key = 0; key < keys.row.length; key++) {
      const weight = weights[start + key] ?? 0;
      const column = keys.row[key] ?? -1;
      const isHidden = hidden !== null && hidden[key] === 1;
      all += weight;
      if (!(isHidden && plan.renormaliseHidden) && !(column < 0 && plan.renormaliseKeys)) divisor += weight;
      if (isHidden || column < 0) continue;
      shown += weight;
      out[column] = (out[column] ?? 0) + weight;
    }
  }
  const count = to - from + 1;
  const share = plan.renormaliseHidden || plan.renormaliseKeys ? (divisor === 0 ? 0 : 1 / divisor) : 1 / count;
  if (share !== 1) for (let column = 0; column < out.length; column++) out[column] = (out[column] ?? 0) * share;
  return (all - shown) / count;
}

const BUCKETS = 256;
const sums = new Float64Array(BUCKETS);

/** The smallest of the largest weights of a row that together make `share` of it; 0 where that is all of them. Equal weights stay together. */
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
