/** `metrics`: the head metrics of all steps. */

import { unreadable } from "../error";
import { list, object, text } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import { layerRow } from "./common";

const words = object({
  name: text,
  label: text,
  sentence: text,
  unit: text,
  /** "share" is 0..1, "tokens" counts tokens, "position" is a place in the text. */
  scale: text,
  formula: text,
  source: text,
});

export function readMetrics(bundle: Bundle) {
  const { shape, data } = floats(bundle, "metrics", 4);
  const steps = numbersOf(bundle, "steps");
  const told = metadata(bundle, { rows: list(layerRow), names: list(text), words: list(words) });
  const { rows, names } = told;
  if (steps.length !== shape[0] || rows.length !== shape[1] || names.length !== shape[3])
    throw unreadable("the metrics do not fit their steps, rows or names");
  return { ...told, steps, heads: shape[2] ?? 0, data } as const;
}

/** What a metric is called and means; there are none for a metric that the server does not know. */
export type MetricWords = ReturnType<typeof words>;
/** data[((step * rows + row) * heads + head) * names + name]; NaN: not defined. */
export type Metrics = ReturnType<typeof readMetrics>;
