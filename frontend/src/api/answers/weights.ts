/** `weights`: the attention weights of a layer, or of one head. */

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
}

export function readWeights(bundle: Bundle, { step, layer, block, exact }: OfLayer) {
  const { shape, data } = floats(bundle, "weights", 3);
  const [heads = 0, queries = 0, keys = 0] = shape;
  return { step, block, exact, layer, heads, queries, keys, data } as const;
}

export function readHeadWeights(bundle: Bundle, of: OfLayer, head: number) {
  const { heads: _, ...weights } = readWeights(bundle, of);
  return { ...weights, head } as const;
}

/**
 * Attention weights of one layer: data[(head * queries + query) * keys + key]. Where `block` is
 * more than 1 the text is too long for single tokens: a query or key is then a block of so many, a
 * weight the mean over the queries of the sum over the keys, and what is left out is left out
 * already.
 */
export type Weights = ReturnType<typeof readWeights>;
/** Attention weights of one head: data[query * keys + key]; blocks as in `Weights`. */
export type HeadWeights = ReturnType<typeof readHeadWeights>;
