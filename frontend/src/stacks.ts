/** Stacks: their names, a kind and a number where a model has several of it; what they know. */

import type { CaptureStack } from "./types";

export type StackKind = "decoder" | "encoder" | "cross";
/**
 * A model whose layers see images of different sizes has several of a kind: "encoder", "encoder 2".
 */
export type Stack = StackKind | `${StackKind} ${number}`;

const NAME = /^(decoder|encoder|cross)( [1-9]\d*)?$/;

/** Null where it is no name of a stack. */
export function asStack(text: string): Stack | null {
  return NAME.test(text) ? (text as Stack) : null;
}

export function stackKind(stack: Stack): StackKind {
  return stack.split(" ")[0] as StackKind;
}

/** Whether the lengths of values were logged with every layer of a stack. */
export function knowsLengths(stack: CaptureStack): boolean {
  return stack.layers.every((layer) => layer.value_norms);
}
