/** Effects of heads on the output, and what they are compared with, in words. */

import { effectText, plural } from "../format";
import {
  controls,
  effectMetric,
  effectOf,
  estimateOf,
  type HeadEffect,
  type NumberName,
  numberOf,
} from "../state/effects";
import { metricUnitText } from "./metric_words";

/** "16 random heads: 0.02 at most"; empty where there are none. */
export function controlsText(number: NumberName | null): string {
  const random = number && controls.value.get(number);
  if (!random) return "";
  return `${plural(random.count, "random head")}: ${effectText(random.largest)} at most`;
}

/** "0.84 nats; 16 random heads: 0.02 at most", "estimate 0.03 nats", "not measured". */
export function effectWords(number: NumberName, layer: number, head: number): string {
  return wordsOf(number, effectOf(number, layer, head));
}

/** The same of an effect that is known. */
export function wordsOf(number: NumberName, { value, exact }: HeadEffect): string {
  const metric = effectMetric(number);
  if (Number.isNaN(value)) return "not measured";
  if (!exact) return `estimate ${metricUnitText(value, estimateOf(metric))}`;
  return [metricUnitText(value, metric), controlsText(number)].filter(Boolean).join("; ");
}

/** "the loss", or "the answer" that a metric is about, with what red and blue mean. */
export function signWords(metric: string): string {
  return numberOf(metric) === "answer"
    ? "red: towards the first answer, blue: away from it"
    : "red: the loss rises without it, blue: it falls";
}
