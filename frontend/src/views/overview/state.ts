/** What the panels of the overview share, derived from the selection and the metrics. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { compareMode, comparing, withPlace } from "../../state/compare";
import { estimateOf, numberOf } from "../../state/effects";
import { metrics, otherRunMetrics, withMetrics } from "../../state/histories";
import { hover } from "../../state/hover";
import { metricNow, ofType } from "../../state/overview";
import {
  focusHead,
  type HeadAddress,
  head,
  layer,
  pins,
  stackNow,
  step,
  togglePin,
} from "../../state/selection";
import { type Series, stepValues } from "../../state/series";
import type { CaptureStack, Metrics } from "../../types";
import { controlsText } from "../../ui/effect_words";
import { changeText, metricUnitText, metricWords } from "../../ui/metric_words";
import { byChange, evenRange, extent, seriesOf } from "./series";

export const series = computed<Series | null>(() => {
  const [known, stack] = [metrics.value, stackNow.value];
  return known && stack && seriesOf(known, stack, metricNow.value);
});

/** Of what the comparison names; null where nothing is compared, or it has other heads. */
export const otherSeries = computed<Series | null>(() => {
  const [known, stack, ours] = [withMetrics.value, stackNow.value, series.value];
  if (!comparing.value || !known || !stack || !ours) return null;
  const other = seriesOf(known, stack, metricNow.value);
  return other.heads.length === ours.heads.length ? other : null;
});

/** There is something to follow, here or in a run that is drawn beside this one. */
export const hasSteps = computed(() => {
  if (metrics.value === null) return true;
  const all = [metrics.value, ...otherRunMetrics.value.map((each) => each.metrics)];
  return all.some((each) => each.steps.length > 1);
});

/** Values of all heads at this step. */
export const valuesNow = computed(() =>
  series.value ? stepValues(series.value, step.value) : new Float32Array(),
);
/** Values of all heads at the compared step. */
export const otherNow = computed(() => {
  const [other, at] = [otherSeries.value, withPlace.value?.step ?? null];
  return other && at !== null ? stepValues(other, at) : null;
});
/**
 * Where the metric is a measured effect: the estimates of all heads at this step, shown where
 * nothing was measured; else null.
 */
export const estimatesNow = computed(() =>
  estimatesAt(metrics.value, stackNow.value, metricNow.value, step.value),
);
/** The same at the compared step. */
export const otherEstimates = computed(() => {
  const at = withPlace.value?.step ?? null;
  if (!otherNow.value || at === null) return null;
  return estimatesAt(withMetrics.value, stackNow.value, metricNow.value, at);
});

function estimatesAt(
  known: Metrics | null,
  stack: CaptureStack | null,
  name: string,
  at: number,
): Float32Array | null {
  const estimate = estimateOf(name);
  if (!known?.names.includes(estimate) || !stack) return null;
  return stepValues(seriesOf(known, stack, estimate), at);
}

/** The matrix shows this step less the compared one. */
export const differs = computed(
  () => compareMode.value === "difference" && otherNow.value !== null,
);
export const differences = computed(() =>
  valuesNow.value.map((each, index) => each - (otherNow.value?.[index] ?? Number.NaN)),
);

/** A and B have the same number for every head. */
export const sameNumbers = computed(() => {
  const other = otherNow.value;
  return other !== null && valuesNow.value.every((each, index) => Object.is(each, other[index]));
});

/** Whether colours are those of a signed number, with 0 in the middle. */
export const signed = computed(() => metricWords(metricNow.value).signed);

/**
 * What colours reach over: fixed for shares; even about 0 for signed metrics; the smallest and the
 * largest of all steps for others.
 */
export const range = computed<readonly [number, number]>(() => {
  if (metricWords(metricNow.value).share || !series.value) return [0, 1];
  return signed.value ? evenRange(series.value.values) : extent(series.value.values);
});

/** Indices of the heads that pass the filter by type, in the order in which they changed. */
export const changeOrder = computed(() => (series.value ? byChange(series.value) : []));
export const rasterOrder = computed(() =>
  changeOrder.value.filter((index) => passes(series.value?.heads[index])),
);

export function passes(address: HeadAddress | undefined): boolean {
  return address !== undefined && ofType(address.layer, address.head);
}

/** The focused head first, then those that are kept in the model view. */
export const chosen = computed<readonly HeadAddress[]>(() => {
  const focused = { layer: layer.value, head: head.value };
  return [focused, ...pins.value.filter((each) => !isSame(each, focused))];
});

export function isSame(one: HeadAddress, other: HeadAddress): boolean {
  return one.layer === other.layer && one.head === other.head;
}

export function isChosen(address: HeadAddress): boolean {
  return chosen.value.some((each) => isSame(each, address));
}

/** Index of the head under the pointer, in any panel; -1: none. */
export const pointed = signal(-1);

/** Whether what is shown under the pointer is of the step on the screen. */
let pointsNow = true;

/** Points at a head: the status bar tells its value. */
export function point(index: number): void {
  pointsNow = true;
  if (pointed.peek() === index) return;
  pointed.value = index;
  const at = series.peek()?.heads[index];
  hover.value = at ? { ...at, query: null, key: null, text: valueText(index) } : null;
}

/** The number under a resting pointer is that of the step on the screen. Returns what ends that. */
export function followNumbers(): () => void {
  return effect(() => {
    const text = pointed.value >= 0 ? valueText(pointed.value) : null;
    untracked(() => {
      if (text !== null && pointsNow && hover.value) hover.value = { ...hover.value, text };
    });
  });
}

/** Points at a head at one step, whatever step is on the screen; null: at nothing. */
export function pointAtStep(index: number, text: string | null): void {
  pointsNow = false;
  pointed.value = index;
  const at = series.peek()?.heads[index];
  hover.value = at && text !== null ? { ...at, query: null, key: null, text } : null;
}

/** "induction 0.81, +0.77 since step 0" */
export function valueText(index: number): string {
  const name = metricNow.value;
  const now = valuesNow.value[index] ?? Number.NaN;
  const value = `${metricWords(name).label} ${metricUnitText(now, name)}`;
  if (otherNow.value)
    return `${value}, compared ${changeText(differences.value[index] ?? Number.NaN, name)}`;
  if (!Number.isNaN(now)) return [value, randomText(name)].filter(Boolean).join("; ");
  const estimate = estimatesNow.value?.[index] ?? Number.NaN;
  if (Number.isNaN(estimate)) return value;
  return `${value}, estimate ${metricUnitText(estimate, estimateOf(name))}`;
}

/** What effects of heads at this step are compared with; empty for other metrics and estimates. */
function randomText(name: string): string {
  return name.endsWith("_estimate") ? "" : controlsText(numberOf(name));
}

/** A click: this head; with Shift it is pinned, or unpinned, beside the others. */
export function choose(address: HeadAddress, keep: boolean): void {
  if (keep) togglePin(address);
  else focusHead(address.layer, address.head);
}
