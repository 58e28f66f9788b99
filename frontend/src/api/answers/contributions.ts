/**
 * `contributions`: the score of one query and key at all steps, and what each neuron adds to it.
 */

import { unreadable } from "../error";
import { list, text } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import { PROGRESS } from "./common";

/** One score of a layer's head. */
export interface OfPair {
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
}

export function readContributions(bundle: Bundle, { layer, head, query, key }: OfPair) {
  const { shape, data } = floats(bundle, "contributions", 2);
  const [count = 0, neurons = 0] = shape;
  const steps = numbersOf(bundle, "steps");
  const [scores, weights] = [floats(bundle, "scores", 1).data, floats(bundle, "weights", 1).data];
  if (steps.length !== count || scores.length !== count || weights.length !== count)
    throw unreadable("the contributions do not fit their steps");
  return {
    layer,
    head,
    query,
    key,
    steps,
    neurons,
    contributions: data,
    scores,
    weights,
    /** `notes` are sentences about what is left out. */
    ...metadata(bundle, { notes: list(text), ...PROGRESS }),
  } as const;
}

/** contributions [steps, neurons]. NaN: not known. */
export type Contributions = ReturnType<typeof readContributions>;
