/** What a tile says of its head: its types and its metrics at this step, where they are loaded. */

import { effectMetric, effectNumbers, estimateOf, numberOf } from "../state/effects";
import { metrics } from "../state/histories";
import { metricAt, metricRow } from "../state/metric_at";
import { typesOf } from "../state/overview";
import { layer, layerNow, stackNow, step } from "../state/selection";
import type { Metrics } from "../types";
import { effectWords } from "../ui/effect_words";
import { metricUnitText, metricWords } from "../ui/metric_words";

/** "Head 7, previous token", and its numbers in a line of their own. */
export function headHint(index: number): string {
  const types = typesOf(layer.value, index).map((each) => `, ${each}`);
  const numbers = metrics.value === null ? [] : metricsOf(metrics.value, index);
  const lines = [
    `Head ${index}${types.join("")}${sharedKey(index)}`,
    ...(numbers.length > 0 ? [numbers.join(" · ")] : []),
    ...(metrics.value === null ? [] : effectsOf(metrics.value, index)),
  ];
  return lines.join("\n");
}

function sharedKey(index: number): string {
  const shape = layerNow.value;
  if (!shape || shape.key_heads >= shape.heads) return "";
  return `, shares key head ${Math.floor(index / (shape.heads / shape.key_heads))}`;
}

/**
 * "entropy 0.41", "mean distance 3.2": the metrics that are defined; those without the first token
 * are left to the overview.
 */
function metricsOf(known: Metrics, index: number): readonly string[] {
  const at = known.steps.indexOf(step.value);
  const row = metricRow(known, stackNow.value?.name, layer.value);
  return known.names.flatMap((name, place) => {
    const value = metricAt(known, at, row, index, place);
    return Number.isNaN(value) || /_without_(first|rest)$/.test(name) || numberOf(name)
      ? []
      : [`${metricWords(name).label} ${metricUnitText(value, name)}`];
  });
}

/** "effect on the loss 0.84 nats; 16 random heads: 0.02 at most", a line for each number. */
function effectsOf(known: Metrics, index: number): readonly string[] {
  return effectNumbers.value.map((number) => {
    const name = effectMetric(number);
    const label = metricWords(known.names.includes(name) ? name : estimateOf(name)).label;
    return `${label} ${effectWords(number, layer.value, index)}`;
  });
}
