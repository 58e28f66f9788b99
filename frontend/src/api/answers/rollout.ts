/** `rollout`: how much of each token has reached each place after a layer. */

import { unreadable } from "../error";
import { list, number, text } from "../json";
import { type Bundle, floats, metadata } from "../safetensors";
import { PROGRESS, stackName } from "./common";

export function readRollout(bundle: Bundle) {
  const { shape, data } = floats(bundle, "rollout", 2);
  const from = metadata(bundle, {
    stack: stackName,
    layer: number,
    layers: list(number),
    notes: list(text),
    ...PROGRESS,
  });
  if (shape[0] !== shape[1]) throw unreadable("the rollout is not as wide as high");
  return { ...from, tokens: shape[0] ?? 0, data } as const;
}

/** data[row * tokens + column]; of fewer layers until it is done. */
export type Rollout = ReturnType<typeof readRollout>;
