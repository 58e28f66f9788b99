/**
 * Contributions of neurons to the scores of a head, and its weights, by the distance of query and
 * key; as in tb_attention/attention/neuron_distance.py.
 */

import { weightsInto } from "./attend";
import { type AttentionLayer, reach, rowOf } from "./layer";

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
