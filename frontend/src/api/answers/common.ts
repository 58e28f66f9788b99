/** What several answers have in common: rows of layers, progress, notes. */

import { asStack, type Stack } from "../../stacks";
import { unreadable } from "../error";
import { flag, number, pair, type Reader, text } from "../json";
import { type Bundle, metadata } from "../safetensors";

export const stackName: Reader<Stack> = (value, what) => {
  const stack = asStack(text(value, what));
  if (stack === null) throw unreadable(`there is no stack ${value}`);
  return stack;
};

/** One layer of one stack: a row of the arrays that hold all layers of a capture. */
export interface LayerRow {
  readonly stack: Stack;
  readonly layer: number;
}

export const layerRow: Reader<LayerRow> = (value, what) => {
  const [stack, layer] = pair(stackName, number)(value, what);
  return { stack, layer };
};

/** An answer that is computed while one waits. */
export interface Progressing {
  /** 0..1 */
  readonly progress: number;
  readonly done: boolean;
}

/** Fields of an answer that is computed while one waits. */
export const PROGRESS = { progress: number, done: flag };

/** How far an answer is; one that is read from a file is whole, and does not say so. */
export function progressOf(bundle: Bundle): Progressing {
  const tells = Object.keys(PROGRESS).some((name) => bundle.metadata.has(name));
  return tells ? metadata(bundle, PROGRESS) : { progress: 1, done: true };
}
