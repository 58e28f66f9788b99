/** What the contact sheet says in words. */

import { plural } from "../../../format";
import { effectNumbers, numberNow } from "../../../state/effects";
import { metricNow, metricOf, typesOf } from "../../../state/overview";
import type { HeadAddress } from "../../../state/selection";
import { effectWords } from "../../../ui/effect_words";
import { headName, metricText, metricWords } from "../../../ui/metric_words";
import type { Place } from "../arrange";
import { noWeightText } from "../scores";
import { cellPeak } from "../state";

/** So many heads are named in a caption. */
const NAMED = 12;

/** A head as the line below the sheet tells it. */
export function headText(address: HeadAddress, place: Place): string {
  const { layer, head } = address;
  const types = typesOf(layer, head);
  const value = metricOf(metricNow.value, layer, head);
  const effects = effectNumbers.value.map((each) => `${each}: ${effectWords(each, layer, head)}`);
  const peak = cellPeak(place);
  return [
    `Layer ${layer}, head ${head}`,
    ...(types.length > 0 ? [types.join(", ")] : []),
    ...(Number.isNaN(value)
      ? []
      : [`${metricWords(metricNow.value).label} ${metricText(value, metricNow.value)}`]),
    ...effects,
    peak ? `largest: ${peak.query} → ${peak.key}, ${peak.weight}` : noWeightText(address),
  ].join(" · ");
}

/** What a figure is of, for its caption: the picked heads, or all. */
export function sheetText(picked: readonly HeadAddress[], all: number): string {
  const over = `with ${metricWords(metricNow.value).label} over the steps`;
  if (picked.length === 0) return `Contact sheet of ${plural(all, "head")} ${over}`;
  const names = picked.slice(0, NAMED).map(headName).join(", ");
  const more = picked.length > NAMED ? ` and ${picked.length - NAMED} more` : "";
  return `Contact sheet of ${plural(picked.length, "head")} (${names}${more}) ${over}`;
}

/** What the bar in the corner of a head stands for; empty where no effects are known. */
export function effectHint(): string {
  const number = numberNow.value;
  return number === null ? "" : `bar at the right: effect on the ${number}`;
}
