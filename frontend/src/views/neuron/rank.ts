/** Which neurons matter: orders of a head's neurons, and shares of one score. */

import type { Neurons } from "../../types";
import type { Causality, NeuronFrame } from "./frame";

/** One neuron's part in the score of one (query, key) pair. */
export interface Part {
  readonly neuron: number;
  readonly contribution: number;
  /** Of the sum of absolute contributions; NaN where one of them is not finite. */
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
 * All neurons of one score, largest part first, with shares of the sum of absolute contributions.
 */
export function parts(frame: NeuronFrame, key: number): Part[] {
  const values = contributions(frame, key);
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
  let before = 0;
  return Array.from(bySize(values), (neuron) => {
    const contribution = values[neuron] ?? Number.NaN;
    const share =
      total === 0 ? 0 : Number.isFinite(total) ? Math.abs(contribution) / total : Number.NaN;
    before += share;
    return { neuron, contribution, share, cumulative: before };
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
