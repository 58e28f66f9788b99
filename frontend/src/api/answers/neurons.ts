/** `neurons`: query and key of one head. */

import { unreadable } from "../error";
import { number, real } from "../json";
import { type Bundle, floats, metadata } from "../safetensors";

/** One head of one capture. */
export interface OfHead {
  readonly step: number;
  readonly layer: number;
  readonly head: number;
}

export function readNeurons(bundle: Bundle, { step, layer, head }: OfHead) {
  const query = floats(bundle, "query", 2);
  const key = floats(bundle, "key", 2);
  const [queries = 0, neurons = 0] = query.shape;
  const [keys = 0] = key.shape;
  const { scale, key_head: keyHead } = metadata(bundle, { scale: real, key_head: number });
  if (key.shape[1] !== neurons) throw unreadable("query and key do not fit each other");
  return {
    step,
    layer,
    head,
    queries,
    keys,
    neurons,
    scale,
    keyHead,
    query: query.data,
    key: key.data,
  } as const;
}

/**
 * Query [queries, neurons] and key [keys, neurons]; a score is q . k * scale before soft cap, bias
 * and mask.
 */
export type Neurons = ReturnType<typeof readNeurons>;
