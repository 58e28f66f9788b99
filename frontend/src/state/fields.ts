/**
 * Everything that a link holds: each signal that decides what is on the screen stands in it, said
 * where the signal is made.
 */

import { batch, signal } from "@preact/signals";
import type { Field } from "./field";

const FIELDS = new Map<string, Field>();
/** How many there are: a view brings its own with its script. */
const known = signal(0);
/** What the address holds under names that nobody has taken yet. */
let unread: ReadonlyMap<string, string> = new Map();

/** Every field by its name in the address. Reads a signal. */
export function fields(): ReadonlyMap<string, Field> {
  void known.value;
  return FIELDS;
}

/** Puts a signal into the address under a name of its own, and gives it what the address has. */
export function inAddress(name: string, added: Field): void {
  if (FIELDS.has(name)) throw new Error(`two things are called ${name} in the address`);
  FIELDS.set(name, added);
  const text = unread.get(name);
  batch(() => {
    if (text !== undefined) added.parse(text);
    known.value = FIELDS.size;
  });
}

/** Sets every field to its value, absent ones to their defaults, and keeps the rest for later ones. */
export function readFields(values: ReadonlyMap<string, string>): void {
  unread = values;
  for (const [name, each] of FIELDS) each.parse(values.get(name) ?? "");
}

/** The values under names that nobody has taken. */
export function unreadFields(): ReadonlyMap<string, string> {
  return new Map([...unread].filter(([name]) => !fields().has(name)));
}
