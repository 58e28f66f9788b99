/** `change`: how far each head is from where it was. */

import { unreadable } from "../error";
import { list, text } from "../json";
import { type Bundle, floats, metadata } from "../safetensors";
import { layerRow, PROGRESS } from "./common";

export function readChange(bundle: Bundle) {
  const { shape, data } = floats(bundle, "distance", 2);
  const from = metadata(bundle, { rows: list(layerRow), notes: list(text), ...PROGRESS });
  if (from.rows.length !== shape[0]) throw unreadable("the distances do not fit their rows");
  return { ...from, heads: shape[1] ?? 0, distance: data } as const;
}

/** distance[row * heads + head], 0..1; NaN where not comparable or not known yet. */
export type Change = ReturnType<typeof readChange>;
