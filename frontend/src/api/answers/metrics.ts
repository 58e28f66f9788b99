/** `metrics`: the head metrics of all steps. */

import { unreadable } from "../error";
import { list, text } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import { layerRow } from "./common";

export function readMetrics(bundle: Bundle) {
  const { shape, data } = floats(bundle, "metrics", 4);
  const steps = numbersOf(bundle, "steps");
  const { rows, names } = metadata(bundle, { rows: list(layerRow), names: list(text) });
  if (steps.length !== shape[0] || rows.length !== shape[1] || names.length !== shape[3])
    throw unreadable("the metrics do not fit their steps, rows or names");
  return { steps, rows, heads: shape[2] ?? 0, names, data } as const;
}

/** data[((step * rows + row) * heads + head) * names + name]; NaN: not defined. */
export type Metrics = ReturnType<typeof readMetrics>;
