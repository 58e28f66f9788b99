/** Which neurons matter: orders of a head's neurons, and shares of one score. */

import type { Neurons } from "../../types";
import type { Causality, NeuronFrame } from "./frame";

/** One neuron's part in the score of one (query, key) pair. */
export interface Part {
  readonly neuron: number;
  readonly contribution: number;
  /** What of it sets the key off from the others. */
  readonly contrast: number;
  /** Of the sum of the sizes by which it is ranked; NaN where one of them is not finite. */
  readonly share: number;
  /** Share of this neuron and all that are larger. */
  readonly cumulative: number;
}

/** Place -> neuron: 0, 1, 2 ... */
export function byIndex(neurons: number): Int32Array {
  return Int32Array.from({ length: neurons }, (_, n) => n);
}

/** Place -> neuron, largest size first; what is not finite comes before all, equals by index. */
export function bySize(values: ArrayLike<number>): Int32Array {
  const sizes = Float64Array.from({ length: values.length }, (_, n) => {
    const size = Math.abs(values[n] ?? 0);
    return Number.isFinite(size) ? size : Number.POSITIVE_INFINITY;
  });
  return byIndex(values.length).sort((a, b) => {
    const left = sizes[a] ?? 0;
    const right = sizes[b] ?? 0;
    return left === right ? a - b : right > left ? 1 : -1;
  });
}

/** The contributions [neurons] to the score of one key. */
export function contributions(frame: NeuronFrame, key: number): Float32Array {
  return frame.products.subarray(key * frame.neurons, (key + 1) * frame.neurons);
}

/**
 * The contrasts [neurons] of one key: each contribution less the mean of that neuron's contributions
 * over the keys, weighted with the attention of this query. It is the derivative of the log of the
 * weight by a factor on this neuron: d log w_j / d s_k = [j = k] - w_k, so what a neuron adds to all
 * keys alike counts for nothing.
 */
export function contrasts(frame: NeuronFrame, key: number): Float64Array {
  const means = new Float64Array(frame.neurons);
  for (let j = 0; j < frame.keys; j++) {
    const weight = frame.weights[j] ?? 0;
    if (frame.seen[j] !== 1 || weight === 0) continue;
    for (let n = 0; n < frame.neurons; n++)
      means[n] = (means[n] ?? 0) + weight * (frame.products[j * frame.neurons + n] ?? Number.NaN);
  }
  return Float64Array.from(contributions(frame, key), (own, n) => own - (means[n] ?? 0));
}

/** All neurons of one score, the largest by `ranked` first, with shares of the sum of its sizes. */
export function parts(
  frame: NeuronFrame,
  key: number,
  contrast: Float64Array,
  ranked: ArrayLike<number>,
): Part[] {
  const values = contributions(frame, key);
  const sizes = Array.from(ranked, Math.abs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return Array.from(bySize(ranked), (neuron) => {
    const size = sizes[neuron] ?? Number.NaN;
    const share = total === 0 ? 0 : Number.isFinite(total) ? size / total : Number.NaN;
    before += share;
    return {
      neuron,
      contribution: values[neuron] ?? Number.NaN,
      contrast: contrast[neuron] ?? Number.NaN,
      share,
      cumulative: before,
    };
  });
}

/** Place -> key: as in the text, or the largest weight first, and what the query does not see last. */
export function keyOrder(
  { keys, weights, seen }: Pick<NeuronFrame, "keys" | "weights" | "seen">,
  byWeight: boolean,
): Int32Array {
  const text = byIndex(keys);
  if (!byWeight) return text;
  const size = (key: number): number =>
    seen[key] === 1 ? Math.abs(weights[key] ?? 0) || 0 : Number.NEGATIVE_INFINITY;
  const sizes = Float64Array.from(text, size);
  return text.sort((a, b) => {
    const [left, right] = [sizes[a] ?? 0, sizes[b] ?? 0];
    return left === right ? a - b : right > left ? 1 : -1;
  });
}

/**
 * How many of the largest parts it takes to reach `share` of the whole; null where shares are
 * undefined or there is nothing.
 */
export function neededFor(share: number, sorted: readonly Part[]): number | null {
  const at = sorted.findIndex((part) => part.cumulative >= share - 1e-9);
  return at < 0 ? null : at + 1;
}

/**
 * Mean absolute contribution [neurons] over all pairs of the text that causality lets see each
 * other, whatever other mask there is. |q * k| = |q| * |k|, so running sums of |k| make it linear
 * in the length of the text.
 */
export function meanOverText(neurons: Neurons, causality: Causality): Float64Array {
  const { queries, keys, neurons: width } = neurons;
  const running = new Float64Array(width);
  const means = new Float64Array(width);
  let added = 0;
  let pairs = 0;
  for (let i = 0; i < queries; i++) {
    const reach = causality.causal ? Math.min(keys, i + causality.query_start + 1) : keys;
    for (; added < reach; added++) {
      for (let n = 0; n < width; n++)
        running[n] = (running[n] ?? 0) + Math.abs(neurons.key[added * width + n] ?? 0);
    }
    pairs += Math.max(0, reach);
    for (let n = 0; n < width; n++) {
      means[n] = (means[n] ?? 0) + Math.abs(neurons.query[i * width + n] ?? 0) * (running[n] ?? 0);
    }
  }
  const factor = Math.abs(neurons.scale) / Math.max(1, pairs);
  return means.map((sum) => sum * factor);
}
