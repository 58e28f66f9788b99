/**
 * What the neuron view draws for one query: the products of one head's query vector with every key,
 * beside score and weight.
 */

import type { Neurons, Row } from "../../types";

export interface NeuronFrame {
  readonly step: number;
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly keys: number;
  /** 0 where only weights were logged. */
  readonly neurons: number;
  readonly scale: number;
  /** [neurons] */
  readonly queryVector: Float32Array;
  /** [queries, neurons], of every query of the head. */
  readonly queries: Float32Array;
  /** [keys, neurons] */
  readonly key: Float32Array;
  /** [keys, neurons]: q[n] * k[j, n] * scale. */
  readonly products: Float32Array;
  /** [keys]: sums of the products, which is the score before soft cap, bias and masks. */
  readonly sums: Float64Array;
  /** [keys], or null where only weights were logged. */
  readonly scores: Float32Array | null;
  /** [keys] */
  readonly weights: Float32Array;
  /** [keys]: 1 where the query may see the key. */
  readonly seen: Uint8Array;
  /**
   * The last key that causality lets the query see; those before it that are not seen are masked.
   */
  readonly reach: number;
}

/** Which keys a query may see by position alone. */
export interface Causality {
  readonly causal: boolean;
  readonly query_start: number;
}

const NONE = new Float32Array(0);

/**
 * Joins one head's row of weights with its queries and keys; `neurons` is null where only weights
 * were logged.
 */
export function neuronFrame(
  neurons: Neurons | null,
  row: Row,
  head: number,
  causality: Causality,
): NeuronFrame {
  const { keys, query } = row;
  const width = neurons?.neurons ?? 0;
  const queryVector =
    neurons === null ? NONE : neurons.query.subarray(query * width, (query + 1) * width);
  const key = neurons?.key ?? NONE;
  const scale = neurons?.scale ?? 1;
  const products = productsOf(queryVector, key, keys, scale);
  const sums = sumsOf(products, keys, width);
  const scores = row.scores?.subarray(head * keys, (head + 1) * keys) ?? null;
  const seen = Uint8Array.from({ length: keys }, (_, j) =>
    Number(maySee(query, j, causality, scores, sums)),
  );
  return {
    step: row.step,
    layer: row.layer,
    head,
    query,
    keys,
    neurons: width,
    scale,
    queryVector,
    queries: neurons?.query ?? NONE,
    key,
    products,
    sums,
    scores,
    weights: row.weights.subarray(head * keys, (head + 1) * keys),
    seen,
    reach: causality.causal ? query + causality.query_start : keys - 1,
  };
}

/**
 * a - b in every number; null where they have other keys or neurons. What one of them does not see
 * is not seen.
 */
export function difference(a: NeuronFrame, b: NeuronFrame): NeuronFrame | null {
  if (a.keys !== b.keys || a.neurons !== b.neurons || (a.scores === null) !== (b.scores === null))
    return null;
  return {
    ...a,
    queryVector: minus(a.queryVector, b.queryVector),
    queries: minus(a.queries, b.queries),
    key: minus(a.key, b.key),
    products: minus(a.products, b.products),
    sums: a.sums.map((value, at) => value - (b.sums[at] ?? Number.NaN)),
    scores: a.scores && b.scores && minus(a.scores, b.scores),
    weights: minus(a.weights, b.weights),
    seen: a.seen.map((seen, at) => seen * (b.seen[at] ?? 0)),
  };
}

export interface NeuronNumbers {
  readonly q: number;
  readonly k: number;
  readonly contribution: number;
}

/** Exact numbers of one neuron for key j; NaN where there is no such neuron or key. */
export function neuronNumbers(frame: NeuronFrame, neuron: number, j: number): NeuronNumbers {
  const [at, missing] = [j * frame.neurons + neuron, Number.NaN];
  if (neuron >= frame.neurons || j >= frame.keys)
    return { q: missing, k: missing, contribution: missing };
  return {
    q: frame.queryVector[neuron] ?? missing,
    k: frame.key[at] ?? missing,
    contribution: frame.products[at] ?? missing,
  };
}

function minus(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, at) => value - (b[at] ?? Number.NaN));
}

/** Whether the answers about q and k and about the row belong to the same picture. */
export function belongTogether(neurons: Neurons, row: Row, head: number): boolean {
  return (
    neurons.step === row.step &&
    neurons.layer === row.layer &&
    neurons.head === head &&
    neurons.keys === row.keys &&
    head < row.heads &&
    row.query < neurons.queries
  );
}

function maySee(
  query: number,
  key: number,
  causality: Causality,
  scores: Float32Array | null,
  sums: Float64Array,
): boolean {
  if (causality.causal && key > query + causality.query_start) return false;
  // A masked score is -inf although its sum is finite; where the sum itself overflowed the reader
  // must see that.
  return scores === null || scores[key] !== Number.NEGATIVE_INFINITY || !Number.isFinite(sums[key]);
}

function productsOf(
  query: Float32Array,
  key: Float32Array,
  keys: number,
  scale: number,
): Float32Array {
  const width = query.length;
  const products = new Float32Array(keys * width);
  for (let j = 0; j < keys; j++) {
    for (let n = 0; n < width; n++) {
      const at = j * width + n;
      products[at] = (query[n] ?? Number.NaN) * (key[at] ?? Number.NaN) * scale;
    }
  }
  return products;
}

function sumsOf(products: Float32Array, keys: number, width: number): Float64Array {
  const sums = new Float64Array(keys);
  for (let j = 0; j < keys; j++) {
    let sum = 0;
    for (let n = 0; n < width; n++) sum += products[j * width + n] ?? Number.NaN;
    sums[j] = sum;
  }
  return sums;
}
