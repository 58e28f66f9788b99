/**
 * What the cells are sorted by, and what they are called after: head metrics and head types at the
 * step on the screen.
 */

import { percentText } from "../../format";
import { thumbnails } from "../../state/data";
import {
  effectMetric,
  effectNumbers,
  effectOf,
  estimateOf,
  type NumberName,
  numberNow,
  numberOf,
  SMALL,
  standsOut,
} from "../../state/effects";
import { headTypes, metrics } from "../../state/histories";
import { metricOf, ofType, typesOf } from "../../state/overview";
import { effectWords } from "../../ui/effect_words";
import { headName, metricText } from "../../ui/metric_words";
import type { Place } from "./arrange";
import { changeOfHead, fitting } from "./changes";
import { BY_CHANGE, BY_PLACE, BY_TYPE, effectFilter, sortBy } from "./choices";

/** Whether the cells stand one after the other: what they are sorted by is known. */
export function isSorted(): boolean {
  if (sortBy.value === BY_PLACE) return false;
  if (sortBy.value === BY_CHANGE) return fitting.value !== null;
  return sortBy.value === BY_TYPE
    ? headTypes.value !== null
    : (metrics.value?.names.includes(sortBy.value) ?? false);
}

/**
 * Larger comes first. By type: those of the first type, by its score, then those of the second. By
 * effect: its size, where it was measured.
 */
export function scoreOf(place: Place): number {
  if (sortBy.value === BY_TYPE) return typeScore(place);
  if (sortBy.value === BY_CHANGE) return changeOfHead(place);
  const value = metricOf(sortBy.value, layerAt(place), place.head);
  return numberOf(sortBy.value) ? Math.abs(value) : value;
}

/** By effect: heads that were not measured follow by the size of their estimates. */
export function secondScoreOf(place: Place): number {
  if (numberOf(sortBy.value) === null) return Number.NaN;
  return Math.abs(metricOf(estimateOf(sortBy.value), layerAt(place), place.head));
}

/** The number whose measured effect the cells are sorted by; null where they are not. */
function sortedNumber(): NumberName | null {
  const number = numberOf(sortBy.value);
  return number && sortBy.value === effectMetric(number) ? number : null;
}

/** The effects of a head on the numbers of the output, in words. */
export function effectsAt(place: Place): readonly string[] {
  return effectNumbers.value.map(
    (number) => `${number}: ${effectWords(number, layerAt(place), place.head)}`,
  );
}

/** Only what was measured passes a filter by effect. */
export function passesEffect(place: Place): boolean {
  const number = numberNow.value;
  if (effectFilter.value === "all" || number === null) return true;
  const effect = effectOf(number, layerAt(place), place.head);
  if (effectFilter.value === "out") return standsOut(number, effect);
  return effect.exact && Math.abs(effect.value) < SMALL;
}

export function passesType(place: Place): boolean {
  return ofType(layerAt(place), place.head);
}

/** Types of a head, the most telling first. */
export function typesAt(place: Place): readonly string[] {
  return typesOf(layerAt(place), place.head);
}

/** What stands above a cell that is sorted: its place, and what it is sorted by. */
export function cellLabel(place: Place): string {
  const name = headName({ layer: layerAt(place), head: place.head });
  if (sortBy.value === BY_TYPE) return [name, typesAt(place)[0] ?? ""].join(" ").trim();
  return `${name} ${scoreText(place)}`;
}

/** What the cell is sorted by, as a number. */
export function scoreText(place: Place): string {
  if (sortBy.value === BY_CHANGE) return changeOfHead(place).toFixed(3);
  const number = sortedNumber();
  if (number === null)
    return metricText(metricOf(sortBy.value, layerAt(place), place.head), sortBy.value);
  const { value, exact } = effectOf(number, layerAt(place), place.head);
  const text = metricText(value, sortBy.value);
  return exact || Number.isNaN(value) ? text : `≈ ${text}`;
}

/** What is said of a head that has no largest weight: a thumbnail knows no NaN. */
export function noWeightText({ layer, head }: { layer: number; head: number }): string {
  const share = metricOf("nan_rows", layer, head);
  return share > 0 ? `${percentText(share)} of the rows are not numbers (NaN)` : "no weight";
}

/** Whether a head has rows that are not numbers. */
export function isBroken(place: Place): boolean {
  return metricOf("nan_rows", layerAt(place), place.head) > 0;
}

/** How many heads of the grid do. */
export function brokenHeads(): number {
  const { layers = [], heads = 0 } = thumbnails.value ?? {};
  return layers
    .flatMap((_, row) => Array.from({ length: heads }, (_, head) => ({ row, head })))
    .filter(isBroken).length;
}

function typeScore(place: Place): number {
  const types = headTypes.value?.types ?? [];
  const index = types.findIndex((each) => each.name === typesAt(place)[0]);
  if (index < 0) return 0;
  const score = metricOf(types[index]?.metric ?? "", layerAt(place), place.head);
  return types.length - index + (score > 0 ? score / (1 + score) : 0);
}

function layerAt({ row }: Place): number {
  return thumbnails.value?.layers[row] ?? row;
}
