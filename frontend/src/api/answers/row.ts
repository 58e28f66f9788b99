/** `row`: all heads of one layer for one query. */

import { type Bundle, floats } from "../safetensors";

/** One query of one layer of one capture. */
interface OfQuery {
  readonly step: number;
  readonly layer: number;
  readonly query: number;
}

export function readRow(bundle: Bundle, { step, layer, query }: OfQuery) {
  const { shape, data } = floats(bundle, "weights", 2);
  const [heads = 0, keys = 0] = shape;
  const scores = bundle.tensors.has("scores") ? floats(bundle, "scores", 2).data : null;
  return { step, layer, query, heads, keys, weights: data, scores } as const;
}

/**
 * Weights [heads, keys]; scores [heads, keys], -Infinity where masked, or null where only weights
 * were logged.
 */
export type Row = ReturnType<typeof readRow>;
