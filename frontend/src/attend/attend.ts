/**
 * Attention weights from queries and keys, a row at a time: what attention/softmax.py does in
 * Python, in its order of operations. The files in golden/ hold both to the same numbers.
 */

import { type AttentionLayer, reach, rowOf } from "./layer";

/** What is to be shown of a layer: its weights, or their shares of what arrives. */
export type Show = "weight" | "arriving";

/**
 * Writes the scores of one query into `out` [keys]: after scale, soft cap, bias and masks, -inf
 * where masked. The layer has queries and keys.
 */
export function scoresInto(
  layer: AttentionLayer,
  head: number,
  query: number,
  out: Float32Array,
): void {
  const { softcap, mask, bias } = layer;
  out.fill(Number.NEGATIVE_INFINITY);
  const seen = reach(layer, query);
  products(layer, head, query, seen, out);
  if (softcap !== null)
    for (let key = 0; key < seen; key++) out[key] = Math.tanh((out[key] ?? 0) / softcap) * softcap;
  if (bias !== null) {
    const at = rowOf(bias, layer, head, query);
    for (let key = 0; key < seen; key++) out[key] = (out[key] ?? 0) + (bias.data[at + key] ?? 0);
  }
  if (mask !== null) {
    const at = rowOf(mask, layer, head, query);
    for (let key = 0; key < seen; key++)
      if (mask.data[at + key] === 0) out[key] = Number.NEGATIVE_INFINITY;
  }
}

/** q . k * scale of the first `seen` keys. */
function products(
  { heads, keyHeads, queries, keys, neurons, query: q, key: k, scale }: AttentionLayer,
  head: number,
  query: number,
  seen: number,
  out: Float32Array,
): void {
  if (q === null || k === null) throw new Error("only the weights of this layer are known");
  const from = (head * queries + query) * neurons;
  const row = q.subarray(from, from + neurons);
  const first = Math.floor(head / (heads / keyHeads)) * keys * neurons;
  for (let key = 0; key < seen; key++) {
    const at = first + key * neurons;
    let sum = 0;
    for (let n = 0; n < neurons; n++) sum += (row[n] ?? 0) * (k[at + n] ?? 0);
    out[key] = sum * scale;
  }
}

/**
 * Writes the weights of one query into `out` [keys], or their shares of what arrives. A row sums to
 * 1, less what a sink takes; one that may see nothing is all 0.
 */
export function weightsInto(
  layer: AttentionLayer,
  head: number,
  query: number,
  out: Float32Array,
  show: Show = "weight",
): void {
  const norms = show === "arriving" ? normsOf(layer, head) : null;
  if (layer.weights !== null) {
    const at = (head * layer.queries + query) * layer.keys;
    out.set(layer.weights.subarray(at, at + layer.keys));
    if (norms !== null) share(out, norms);
    return;
  }
  scoresInto(layer, head, query, out);
  // exp(score) times the length of a value is exp(score + ln of that length).
  if (norms !== null)
    for (let key = 0; key < out.length; key++)
      out[key] = (out[key] ?? 0) + Math.log(norms[key] ?? 0);
  softmax(out, norms === null ? layer.sinks[head] : undefined, reach(layer, query));
}

function normsOf({ valueNorms, keys }: AttentionLayer, head: number): Float32Array {
  if (valueNorms === null) throw new Error("the lengths of the values of this layer are not known");
  return valueNorms.subarray(head * keys, (head + 1) * keys);
}

/** Scores become weights; those from `seen` on are 0. */
function softmax(row: Float32Array, sink: number | undefined, seen: number): void {
  let top = sink ?? Number.NEGATIVE_INFINITY;
  // One score that is not a number makes the whole row so, as in Python.
  for (let key = 0; key < seen; key++) top = Math.max(top, row[key] ?? 0);
  const shift = top === Number.NEGATIVE_INFINITY ? 0 : top;
  let total = sink === undefined ? 0 : Math.exp(sink - shift);
  for (let key = 0; key < seen; key++) {
    const raised = Math.exp((row[key] ?? 0) - shift);
    row[key] = raised;
    total += raised;
  }
  const divisor = total === 0 ? 1 : total;
  for (let key = 0; key < seen; key++) row[key] = (row[key] ?? 0) / divisor;
  row.fill(0, seen);
}

/** Weights become shares of what arrives. */
function share(row: Float32Array, norms: Float32Array): void {
  let total = 0;
  for (let key = 0; key < row.length; key++) {
    const arrives = (row[key] ?? 0) * (norms[key] ?? 0);
    row[key] = arrives;
    total += arrives;
  }
  const divisor = total === 0 ? 1 : total;
  for (let key = 0; key < row.length; key++) row[key] = (row[key] ?? 0) / divisor;
}

/** The weights of one head, [queries, keys]. */
export function headWeights(
  layer: AttentionLayer,
  head: number,
  show: Show = "weight",
): Float32Array {
  const { queries, keys } = layer;
  const out = new Float32Array(queries * keys);
  for (let query = 0; query < queries; query++)
    weightsInto(layer, head, query, out.subarray(query * keys, (query + 1) * keys), show);
  return out;
}
