/** `weights`: the attention weights of a layer, or of one head. */

import type { LeftOut } from "../../types";
import { unreadable } from "../error";
import { type Bundle, floats } from "../safetensors";

/**
 * Which capture and layer was asked for, the side of a block in tokens, and whether the weights
 * came as float32.
 */
interface OfLayer {
  readonly step: number;
  readonly layer: number;
  readonly block: number;
  readonly exact: boolean;
  readonly show: LeftOut["show"];
}

export function readWeights(
  bundle: Bundle,
  { step, layer, block, exact, show }: OfLayer,
  norms: Float32Array | null,
) {
  const { shape, data } = floats(bundle, "weights", 3);
  const [heads = 0, queries = 0, keys = 0] = shape;
  if (norms && norms.length !== heads * keys)
    throw unreadable("the lengths of values do not fit the weights");
  return { step, block, exact, show, layer, heads, queries, keys, data, norms } as const;
}

export function readHeadWeights(
  bundle: Bundle,
  of: OfLayer,
  head: number,
  norms: Float32Array | null,
) {
  const keys = floats(bundle, "weights", 3).shape[2] ?? 0;
  const own = norms?.subarray(head * keys, (head + 1) * keys) ?? null;
  const { heads: _, ...weights } = readWeights(bundle, of, own);
  return { ...weights, head } as const;
}

/** norms[head * keys + key]: how long the values of a layer are when they arrive. */
export function readValueNorms(bundle: Bundle): Float32Array {
  return floats(bundle, "norms", 2).data;
}

/**
 * Attention weights of one layer: data[(head * queries + query) * keys + key]. Where `block` is
 * more than 1 the text is too long for single tokens: a query or key is then a block of so many, a
 * weight the mean over the queries of the sum over the keys, and what is left out is left out
 * already. `show`: "arriving" means that these are to be shares of what arrives: those of blocks are,
 * others become it by `norms`, the lengths of values, which are null otherwise.
 */
export type Weights = ReturnType<typeof readWeights>;
/** Attention weights of one head: data[query * keys + key]; blocks as in `Weights`. */
export type HeadWeights = ReturnType<typeof readHeadWeights>;
