/** Names of stacks: a kind, and a number where a model has several of it. */

import type { Stack, StackKind } from "./types";

const NAME = /^(decoder|encoder|cross)( [1-9]\d*)?$/;

/** Null where it is no name of a stack. */
export function asStack(text: string): Stack | null {
  return NAME.test(text) ? (text as Stack) : null;
}

export function stackKind(stack: Stack): StackKind {
  return stack.split(" ")[0] as StackKind;
}
