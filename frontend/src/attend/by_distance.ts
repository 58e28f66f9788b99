/**
 * Contributions of neurons to the scores of a head, and its weights, by the distance of query and
 * key; as in tb_attention/attention/neuron_distance.py.
 */

import { weightsInto } from "./attend";
import { type AttentionLayer, reach, rowOf } from "./layer";
import { binned, type Fit } from "./theil_sen";

export interface ByDistance {
  /** The smallest distance; negative where later keys are seen. */
  readonly first: number;
  /** [distances]: how many pairs see each other; their mean score and weight. */
  readonly pairs: Float64Array;
  readonly scores: Float64Array;
  readonly weights: Float64Array;
  /** For each neuron [distances], the mean of q[n] * k[n] * scale. NaN where there is no pair. */
  readonly contributions: readonly Float64Array[];
}

export function byDistance(layer: AttentionLayer, head: number): ByDistance {
  const { queries, keys, neurons, queryStart, causal, query: q, key: k, scale } = layer;
  const first = causal ? 0 : queryStart - keys + 1;
  const count = queries + queryStart - first;
  const pairs = new Float64Array(count);
  const weights = new Float64Array(count);
  const contributions = Array.from({ length: neurons }, () => new Float64Array(count));
  const keyHead = Math.floor(head / (layer.heads / layer.keyHeads));
  const row = new Float32Array(keys);
  for (let query = 0; query < queries; query++) {
    weightsInto(layer, head, query, row);
    const from = (head * queries + query) * neurons;
    for (let key = 0; key < reach(layer, query); key++) {
      const at = query + queryStart - key - first;
      weights[at] = (weights[at] ?? 0) + (row[key] ?? 0);
      if (!allowed(layer, head, query, key)) continue;
      pairs[at] = (pairs[at] ?? 0) + 1;
      if (q === null || k === null) continue;
      const to = (keyHead * keys + key) * neurons;
      for (let n = 0; n < neurons; n++) {
        const sums = contributions[n];
        if (sums) sums[at] = (sums[at] ?? 0) + (q[from + n] ?? 0) * (k[to + n] ?? 0) * scale;
      }
    }
  }
  for (const sums of [weights, ...contributions])
    for (let at = 0; at < count; at++)
      sums[at] = pairs[at] === 0 ? Number.NaN : (sums[at] ?? 0) / (pairs[at] ?? 1);
  const scores = new Float64Array(count).fill(neurons === 0 ? Number.NaN : 0);
  for (const of of contributions)
    for (let at = 0; at < count; at++) scores[at] = (scores[at] ?? 0) + (of[at] ?? 0);
  return { first, pairs, scores, weights, contributions };
}

/** How clear a curve must be for its neurons to be named, as in neuron_distance.py. */
const CLEAR = 0.8;
const TURNS = 0.25;
const STRETCHES = 8;
const RARE = 0.02;

/** How far `values` come back against a line of this slope, as a share of their range. */
export function turnsBack(
  { first, pairs }: Pick<ByDistance, "first" | "pairs">,
  values: Float64Array,
  slope: number,
): number {
  const most = pairs.reduce((largest, each) => Math.max(largest, each), 0);
  const often = [...pairs.keys()].filter((at) => (pairs[at] ?? 0) >= RARE * most);
  const of = (all: Float64Array): number[] => often.map((at) => all[at] ?? Number.NaN);
  const sizes = often.map((at) => Math.abs(first + at));
  const means = binned(sizes, of(pairs), of(values), STRETCHES);
  if (!Number.isFinite(slope) || slope === 0 || means.length < 3) return Number.NaN;
  let [top, back, low, high] = [-Infinity, 0, Infinity, -Infinity];
  for (const { y } of means) {
    const along = y * Math.sign(slope);
    top = Math.max(top, along);
    back = Math.max(back, top - along);
    [low, high] = [Math.min(low, along), Math.max(high, along)];
  }
  return high > low ? back / (high - low) : Number.NaN;
}

/** Whether a curve follows its line, and does not come back. */
export function isClear([slope, , r2]: Fit, back: number): boolean {
  return r2 >= CLEAR && slope !== 0 && back <= TURNS;
}

/** The contributions of rotary partners, neurons n and n + neurons / 2, together. */
export function joined(contributions: readonly Float64Array[]): readonly Float64Array[] {
  const half = contributions.length / 2;
  return contributions
    .slice(0, half)
    .map((own, n) => own.map((value, at) => value + (contributions[n + half]?.[at] ?? Number.NaN)));
}

/** Whether mask and bias let a query see a key. */
function allowed(layer: AttentionLayer, head: number, query: number, key: number): boolean {
  const { mask, bias } = layer;
  if (mask !== null && mask.data[rowOf(mask, layer, head, query) + key] === 0) return false;
  return (
    bias === null || bias.data[rowOf(bias, layer, head, query) + key] !== Number.NEGATIVE_INFINITY
  );
}

/** How much of vectors [tokens, neurons] is common to all; null where that is not defined. */
export function commonShare(vectors: Float32Array, neurons: number): number | null {
  if (vectors.length === 0) return null;
  const tokens = vectors.length / neurons;
  const mean = new Float64Array(neurons);
  let square = 0;
  for (const [at, value] of vectors.entries()) {
    mean[at % neurons] = (mean[at % neurons] ?? 0) + value / tokens;
    square += (value * value) / tokens;
  }
  const share = mean.reduce((sum, each) => sum + each * each, 0) / square;
  return Number.isFinite(share) ? share : null;
}
