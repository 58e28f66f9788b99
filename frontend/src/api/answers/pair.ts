/** `pair`: the weight of one query on one key, in all heads at all steps. */

import { unreadable } from "../error";
import { list, number, text } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import { PROGRESS, stackName } from "./common";

export function readPair(bundle: Bundle) {
  const { shape, data } = floats(bundle, "weights", 3);
  const steps = numbersOf(bundle, "steps");
  const from = metadata(bundle, {
    stack: stackName,
    layers: list(number),
    notes: list(text),
    ...PROGRESS,
  });
  if (steps.length !== shape[0] || from.layers.length !== shape[1])
    throw unreadable("the weights do not fit their steps or layers");
  return { ...from, steps, heads: shape[2] ?? 0, weights: data } as const;
}

/** weights[(step * layers + layer) * heads + head], NaN where not defined or not known yet. */
export type Pair = ReturnType<typeof readPair>;
