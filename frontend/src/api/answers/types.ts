/** `types`: which heads are of which types, at all steps. */

import { unreadable } from "../error";
import { list, number, object, orNull, text } from "../json";
import { type Bundle, metadata, numbersOf, shorts } from "../safetensors";
import { layerRow } from "./common";

const type = object({
  name: text,
  metric: text,
  comparison: text,
  threshold: number,
  meaning: text,
});

const life = object({
  type: number,
  row: number,
  head: number,
  born: orNull(number),
  died: orNull(number),
});

export function readTypes(bundle: Bundle) {
  const { shape, data } = shorts(bundle, "types", 3);
  const steps = numbersOf(bundle, "steps");
  const { types, lives, rows, notes } = metadata(bundle, {
    types: list(type),
    lives: list(life),
    rows: list(layerRow),
    notes: list(text),
  });
  if (steps.length !== shape[0] || rows.length !== shape[1])
    throw unreadable("the types do not fit their steps or rows");
  return { types, lives, notes, steps, rows, heads: shape[2] ?? 0, data } as const;
}

export type HeadType = ReturnType<typeof type>;
/**
 * A span of steps in which a head has a type. `born` null: since the first step; `died` null: up to
 * the last.
 */
export type Life = ReturnType<typeof life>;
/** Bit t of data[(step * rows + row) * heads + head] is types[t]. */
export type HeadTypes = ReturnType<typeof readTypes>;
