/**
 * Everything that a link holds: each signal that decides what is on the screen stands in it, said
 * where the signal is made.
 */

import type { Field } from "./field";

const FIELDS = new Map<string, Field>();

/** Every field by its name in the address. */
export function fields(): ReadonlyMap<string, Field> {
  return FIELDS;
}

/** Puts a signal into the address under a name of its own. */
export function inAddress(name: string, added: Field): void {
  if (FIELDS.has(name)) throw new Error(`two things are called ${name} in the address`);
  FIELDS.set(name, added);
}
