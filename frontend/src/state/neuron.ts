/**
 * What only the neuron view shows: its choices, and a head by distance and along the steps.
 * `load_neuron.ts` loads the latter.
 */

import { computed, signal } from "@preact/signals";
import type { Contributions, DistanceAxis, Distances } from "../types";
import { type Asked, NOT_ASKED } from "./ask";
import { head, key } from "./chosen";
import { compared } from "./compare";
import { neurons, row } from "./data";
import { choice, countOrNull, field, orEmpty } from "./field";
import { inAddress } from "./fields";

/**
 * Order of the neurons in the strips: by what sets the key that is taken apart off from the others,
 * by its score alone, as in the model, by the whole text, by the lines over distance.
 */
export type NeuronOrder = "contrast" | "pair" | "index" | "text" | "distance";
/** Order of the keys: as they stand in the text, or by weight; "auto": by weight in long texts. */
export type KeyOrder = "auto" | "text" | "weight";
/** Whose q has a strip: the chosen query's, or every token's; "auto": of all where there is room. */
export type QueryStrips = "auto" | "one" | "all";
/** What stands beside the strips. */
export type Beside = "score" | "distance" | "steps";

export const order = signal<NeuronOrder>("contrast");
export const keysBy = signal<KeyOrder>("auto");
export const queryStrips = signal<QueryStrips>("auto");
/** The neuron that was pinned; another head may have fewer. */
export const pinnedNeuron = signal<number | null>(null);
export const beside = signal<Beside>("score");
export const axis = signal<DistanceAxis>("linear");

inAddress("neuron", field(pinnedNeuron, orEmpty, countOrNull));
inAddress("order", choice(order, ["contrast", "pair", "index", "text", "distance"]));
inAddress("keys_by", choice(keysBy, ["auto", "text", "weight"]));
inAddress("q_of", choice(queryStrips, ["auto", "one", "all"]));
inAddress("beside", choice(beside, ["score", "distance", "steps"]));
inAddress("axis", choice(axis, ["linear", "log"]));

/** The head that is shown, of the numbers that are on the screen. */
export const shownHead = computed(
  () => neurons.value?.head ?? Math.max(0, Math.min(head.value, (row.value?.heads ?? 1) - 1)),
);

/**
 * The key whose score is taken apart: the pinned one, else the one that the query looks at most.
 */
export const explainedKey = computed(() => {
  const now = row.value;
  if (!now) return 0;
  if (key.value !== null && key.value < now.keys) return key.value;
  return strongest(
    now.weights.subarray(shownHead.value * now.keys, (shownHead.value + 1) * now.keys),
  );
});

/**
 * Place of the largest weight, the first of equals; 0 where there is none above 0: what is not seen
 * is 0, beside NaN too.
 */
export function strongest(weights: ArrayLike<number>): number {
  let [best, most] = [0, 0];
  for (let at = 0; at < weights.length; at++) {
    const weight = weights[at] ?? Number.NaN;
    if (weight > most) [best, most] = [at, weight];
  }
  return best;
}

/** Written by `load_neuron.ts` only. */
export const askedDistances = signal<Asked<Distances>>(NOT_ASKED);
/** B's, where something is compared. Written by `load_neuron.ts` only. */
export const askedOtherDistances = signal<Asked<Distances>>(NOT_ASKED);
/** Written by `load_neuron.ts` only. */
export const askedContributions = signal<Asked<Contributions>>(NOT_ASKED);

export const distances = computed(() => askedDistances.value.value);
export const otherDistances = computed(() =>
  compared.value?.problem === null ? askedOtherDistances.value.value : null,
);
export const contributions = computed(() => askedContributions.value.value);
