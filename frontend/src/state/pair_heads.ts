/** The heads that link the chosen query to the chosen key, at this step, beside what is compared. */

import { batch, computed, signal } from "@preact/signals";
import { compared, comparing, withPlace } from "./compare";
import { choice } from "./field";
import { inAddress } from "./fields";
import { askedPair, askedWithPair } from "./histories";
import { pairKey } from "./load_histories";
import { panel } from "./overview";
import { type PairOrder, type PairRow, pairRows, pairSeries } from "./pair";
import { shownCapture } from "./scope";
import { key, query, step, view } from "./selection";
import type { Series } from "./series";

/** By what the heads are ordered where two are compared; the difference, at first. */
export const pairOrder = signal<PairOrder>("difference");
inAddress("pair_order", choice(pairOrder, ["difference", "a", "b"]));

/** Whether there is a pair to ask about. */
export const hasPair = computed(() => query.value !== null && key.value !== null);

/** The pair in every head over the steps; null until something is known of it. */
export const pairOverSteps = computed<Series | null>(() => {
  const { of, value } = askedPair.value;
  return value && of === pairKey(shownCapture.value) ? pairSeries(value) : null;
});

/** The pair in what is compared, and the step there; null where nothing is. */
export const comparedPair = computed(() => {
  const [{ of, value: known }, at] = [askedWithPair.value, withPlace.value];
  if (of !== pairKey(compared.value?.capture ?? null)) return null;
  return comparing.value && known && at ? { series: pairSeries(known), step: at.step } : null;
});

/** All heads whose weight is known, in their order. */
export const pairHeads = computed<readonly PairRow[]>(() => {
  const [own, other] = [pairOverSteps.value, comparedPair.value];
  return own ? pairRows(own, step.value, other, other ? pairOrder.value : "a") : [];
});

/** All of them over the steps, as the overview has them. */
export function showPairHeads(): void {
  batch(() => {
    panel.value = "pair";
    view.value = "overview";
  });
}
