/** `metrics`: the head metrics of all steps. */

import { unreadable } from "../error";
import { list, object, orNull, real, text } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import { layerRow } from "./common";

const words = object({
  name: text,
  label: text,
  sentence: text,
  unit: text,
  /**
   * "share" is 0..1, "tokens" counts tokens, "position" is a place in the text, "nats" and "logits"
   * are signed, "score" is none of these.
   */
  scale: text,
  formula: text,
  source: text,
});

const outputNumber = object({
  /** "loss" or "answer". */
  number: text,
  unit: text,
  /** One for each step; null where it was not measured. */
  values: list(orNull(real)),
  /** Of "answer": the texts of either side. */
  first: list(text),
  second: list(text),
});

export function readMetrics(bundle: Bundle) {
  const { shape, data } = floats(bundle, "metrics", 4);
  const steps = numbersOf(bundle, "steps");
  const told = metadata(bundle, {
    rows: list(layerRow),
    names: list(text),
    words: list(words),
    numbers: list(outputNumber),
  });
  const { rows, names, numbers } = told;
  if (numbers.some((each) => each.values.length !== steps.length))
    throw unreadable("a number of the output has another number of steps");
  if (steps.length !== shape[0] || rows.length !== shape[1] || names.length !== shape[3])
    throw unreadable("the metrics do not fit their steps, rows or names");
  return { ...told, steps, heads: shape[2] ?? 0, data } as const;
}

/** What a metric is called and means; there are none for a metric that the server does not know. */
export type MetricWords = ReturnType<typeof words>;
/** A number of the output of the model along the steps, such as the loss of the text. */
export type OutputNumber = ReturnType<typeof outputNumber>;
/** data[((step * rows + row) * heads + head) * names + name]; NaN: not defined. */
export type Metrics = ReturnType<typeof readMetrics>;
