/** What the neuron view shows, as signals derived from the data and the selection; and what only this view chooses. */

import { computed, signal } from "@preact/signals";
import { anyBroken, signedScale } from "../../draw/strips";
import { loading, neurons, row } from "../../state/data";
import { choice, countOrNull, field, orEmpty } from "../../state/field";
import { inAddress } from "../../state/fields";
import { activeQuery, head, key, keySequence, querySequence, stackNow } from "../../state/selection";
import type { Layer } from "../../types";
import { belongTogether, type NeuronFrame, neuronFrame, strongestKey } from "./frame";
import type { Hit } from "./layout";
import { byIndex, bySize, contributions, meanOverText, type Order, parts } from "./rank";
import { tokenAt } from "./words";

/** How the neurons are sorted. */
export const order = signal<Order>("index");
inAddress("order", choice(order, ["index", "pair", "text"]));
/** The neuron that was pinned; another head may have fewer, see `pinnedHere`. */
export const pinnedNeuron = signal<number | null>(null);
inAddress("neuron", field(pinnedNeuron, orEmpty, countOrNull));
/** What is under the pointer or the keyboard's cursor. */
export const pointed = signal<Hit | null>(null);

export interface Picture {
  readonly frame: NeuronFrame;
  readonly layer: Layer;
  /** Query heads that share this head's key head, this one included. */
  readonly sharing: readonly number[];
}

/** null where the answers on the screen do not fit together. */
const fitting = computed<Picture | null>(() => {
  const values = neurons.value;
  const weights = row.value;
  const layer = stackNow.value?.layers.find((each) => each.layer === weights?.layer);
  if (!weights || !layer) return null;
  const shownHead = values?.head ?? Math.min(head.value, weights.heads - 1);
  if (values ? !belongTogether(values, weights, shownHead) : !layer.weights_only) return null;
  const group = Math.max(1, Math.floor(layer.heads / Math.max(1, layer.key_heads)));
  const first = Math.floor(shownHead / group) * group;
  const sharing = Array.from({ length: group }, (_, at) => first + at);
  return { frame: neuronFrame(values, weights, shownHead, layer), layer, sharing };
});

let held: Picture | null = null;
/** null while nothing has been loaded. While the next answers are awaited the last picture stays. */
export const picture = computed<Picture | null>(() => {
  held = fitting.value ?? (loading.value ? held : null);
  return held;
});

/** The pinned neuron where this head has it: its column is framed and its numbers stand beside. */
export const pinnedHere = computed(() => {
  const pinned = pinnedNeuron.value;
  return pinned !== null && pinned < (picture.value?.frame.neurons ?? 0) ? pinned : null;
});

/** The key whose score is taken apart: the pinned one, else the one with the largest weight. */
export const explainedKey = computed(() => {
  const frame = picture.value?.frame;
  if (!frame) return 0;
  return key.value !== null && key.value < frame.keys ? key.value : strongestKey(frame);
});

/** Place in the strip -> neuron. */
export const places = computed<Int32Array>(() => {
  const now = picture.value;
  const values = neurons.value;
  if (!now || !values) return byIndex(now?.frame.neurons ?? 0);
  if (order.value === "pair") return bySize(contributions(now.frame, explainedKey.value));
  return order.value === "text" ? bySize(meanOverText(values, now.layer)) : byIndex(now.frame.neurons);
});

/** The scales of q and of k are those of the whole head, so that colours keep their meaning from query to query. */
export const queryScale = computed(() => signedScale(neurons.value?.query ?? []));
export const keyScale = computed(() => signedScale(neurons.value?.key ?? []));
/** The scale of the products is shared by all keys that this query sees. */
export const productScale = computed(() => {
  const frame = picture.value?.frame;
  if (!frame || frame.neurons === 0) return signedScale([]);
  return signedScale(frame.products.filter((_, at) => frame.seen[Math.floor(at / frame.neurons)] === 1));
});

/** Whether a vector of this head holds NaN or infinity. */
export const broken = computed(() => anyBroken(neurons.value?.query ?? []) || anyBroken(neurons.value?.key ?? []));

/** The parts of the explained score, largest first. */
export const explained = computed(() => {
  const frame = picture.value?.frame;
  return frame && frame.neurons > 0 ? parts(frame, explainedKey.value) : [];
});

/** Whether queries and keys are tokens of the same sequence. */
export const sameTokens = computed(() => stackNow.value?.query_sequence === stackNow.value?.key_sequence);

/** Text of the query that is shown. */
export const queryToken = computed(() => {
  const length = neurons.value?.queries ?? querySequence.value?.tokens.length ?? 0;
  return tokenAt(querySequence.value?.tokens ?? [], length, picture.value?.frame.query ?? activeQuery.value);
});

/** Text of key token j. */
export function keyToken(j: number): string {
  return tokenAt(keySequence.value?.tokens ?? [], picture.value?.frame.keys ?? 0, j);
}

/** The neuron at a place of the strips. */
export function neuronAt(place: number | null): number | null {
  return place === null ? null : (places.value[place] ?? null);
}
