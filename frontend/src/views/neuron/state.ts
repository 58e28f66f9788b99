/**
 * What the neuron view shows, as signals derived from the data and the selection; and what only
 * this view chooses.
 */

import { computed, signal } from "@preact/signals";
import { anyBroken, type SignedScale, signedScale } from "../../draw/strips";
import {
  compared,
  comparing,
  otherNeurons,
  otherRow,
  showsBoth,
  showsDifference,
} from "../../state/compare";
import { loading, neurons, row } from "../../state/data";
import { hover } from "../../state/hover";
import {
  axis,
  distances,
  explainedKey,
  keysBy,
  order,
  pinnedNeuron,
  shownHead,
} from "../../state/neuron";
import { activeQuery, keySequence, querySequence, stackNow } from "../../state/selection";
import { tokenTexts } from "../../state/tokens";
import type { Distances, Layer, Neurons } from "../../types";
import { neuronsOf } from "./distance_curves";
import { belongTogether, difference, type NeuronFrame, neuronFrame } from "./frame";
import type { Hit } from "./layout";
import { byIndex, bySize, contrasts, contributions, keyOrder, meanOverText, parts } from "./rank";
import { tokenAt } from "./words";

/** What is under the pointer or the keyboard's cursor. */
export const pointed = signal<Hit | null>(null);

export interface Picture {
  /** What is drawn: the capture on the screen, or its difference to the one it is compared with. */
  readonly frame: NeuronFrame;
  /** The capture on the screen. */
  readonly own: NeuronFrame;
  /**
   * The one that it is compared with; null where nothing is compared, or the two do not fit each
   * other.
   */
  readonly other: NeuronFrame | null;
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
  const at = shownHead.value;
  if (values ? !belongTogether(values, weights, at) : !layer.weights_only) return null;
  const group = Math.max(1, Math.floor(layer.heads / Math.max(1, layer.key_heads)));
  const first = Math.floor(at / group) * group;
  const sharing = Array.from({ length: group }, (_, each) => first + each);
  const own = neuronFrame(values, weights, at, layer);
  const other = comparing.value ? otherFrame(own) : null;
  const frame = other && showsDifference.value ? (difference(own, other) ?? own) : own;
  return { frame, own, other, layer, sharing };
});

/**
 * The same head and query of the capture that is compared with; null where it has other keys or
 * neurons.
 */
function otherFrame(own: NeuronFrame): NeuronFrame | null {
  const [values, weights] = [otherNeurons.value, otherRow.value];
  const stack = compared.value?.capture?.stacks.find((each) => each.name === stackNow.value?.name);
  const layer = stack?.layers.find((each) => each.layer === own.layer);
  if (
    !weights ||
    !layer ||
    weights.layer !== own.layer ||
    weights.query !== own.query ||
    own.head >= weights.heads
  )
    return null;
  if (values ? !belongTogether(values, weights, own.head) : own.neurons > 0) return null;
  const frame = neuronFrame(values, weights, own.head, layer);
  return difference(own, frame) && frame;
}

/** True where the strips show a difference. */
export const differs = computed(
  () => picture.value !== null && picture.value.frame !== picture.value.own,
);
/** The two heads have the same query, keys and weights. */
export const isSame = computed(() => {
  const [own, other] = [picture.value?.own, picture.value?.other];
  const equal = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
    Array.from(a).every((each, at) => Object.is(each, b[at]));
  if (!own || !other) return false;
  return (
    equal(own.queryVector, other.queryVector) &&
    equal(own.key, other.key) &&
    equal(own.weights, other.weights)
  );
});
/** The compared capture where it stands under the other in each row. */
export const below = computed(() => (showsBoth.value ? (picture.value?.other ?? null) : null));

let held: Picture | null = null;
/**
 * null while nothing has been loaded. While the next answers are awaited the last picture stays.
 */
export const picture = computed<Picture | null>(() => {
  held = fitting.value ?? (loading.value ? held : null);
  return held;
});

/** The pinned neuron where this head has it: its column is framed and its numbers stand beside. */
export const pinnedHere = computed(() => {
  const pinned = pinnedNeuron.value;
  return pinned !== null && pinned < (picture.value?.frame.neurons ?? 0) ? pinned : null;
});

/** By distance, where that is loaded for what is shown. */
export const distancesHere = computed(() => {
  const frame = picture.value?.frame;
  const known = distances.value;
  const same =
    known?.step === frame?.step && known?.layer === frame?.layer && known?.head === frame?.head;
  return same && known?.axis === axis.value ? known : null;
});

/** Place in the strip -> neuron. */
export const places = computed<Int32Array>(() => {
  const now = picture.value;
  const values = neurons.value;
  if (!now || !values) return byIndex(now?.frame.neurons ?? 0);
  if (order.value === "contrast" || order.value === "pair")
    return bySize(rankedNumbers(now, explainedKey.value));
  if (order.value === "distance") return byDistance(distancesHere.value, now.frame.neurons);
  return order.value === "text"
    ? bySize(meanOverText(values, now.layer))
    : byIndex(now.frame.neurons);
});

/** Neurons in the order of their curves; partners stand beside each other. */
function byDistance(known: Distances | null, neurons: number): Int32Array {
  if (known === null) return byIndex(neurons);
  return Int32Array.from(known.order.flatMap((curve) => neuronsOf(known, curve)));
}

/**
 * The scales of q and of k are those of the whole head, so that colours keep their meaning from
 * query to query.
 */
export const queryScale = computed(() =>
  vectorScale(
    (each) => each.query,
    (each) => each.queryVector,
  ),
);
export const keyScale = computed(() =>
  vectorScale(
    (each) => each.key,
    (each) => each.key,
  ),
);

function vectorScale(
  of: (head: Neurons) => Float32Array,
  inFrame: (frame: NeuronFrame) => Float32Array,
): SignedScale {
  const now = picture.value;
  if (now && differs.value) return signedScale(inFrame(now.frame));
  const own = neurons.value ? signedScale(of(neurons.value)) : signedScale([]);
  return below.value && otherNeurons.value ? wider(own, signedScale(of(otherNeurons.value))) : own;
}

/** The scale of the products is shared by all keys that this query sees. */
export const productScale = computed(() => {
  const [frame, under] = [picture.value?.frame, below.value];
  if (!frame || frame.neurons === 0) return signedScale([]);
  return under
    ? wider(signedScale(seenProducts(frame)), signedScale(seenProducts(under)))
    : signedScale(seenProducts(frame));
});

function seenProducts(frame: NeuronFrame): Float32Array {
  return frame.products.filter((_, at) => frame.seen[Math.floor(at / frame.neurons)] === 1);
}

/** One scale for two captures. */
function wider(a: SignedScale, b: SignedScale): SignedScale {
  return { limit: Math.max(a.limit, b.limit), cut: a.cut || b.cut };
}

/** Whether a vector of this head holds NaN or infinity. */
export const broken = computed(
  () => anyBroken(neurons.value?.query ?? []) || anyBroken(neurons.value?.key ?? []),
);

/** Contrasts of one key; in a comparison what they are more than there. */
function contrastsOf({ frame, own, other }: Picture, j: number): Float64Array {
  const here = contrasts(own, j);
  if (other === null || frame === own) return here;
  const there = contrasts(other, j);
  return here.map((each, n) => each - (there[n] ?? Number.NaN));
}

/** More keys than these are not read from the first to the last. */
const READ = 24;

/** Whether the keys stand by weight: as chosen, else where there are many. */
export const keysByWeight = computed(() =>
  keysBy.value === "auto" ? (picture.value?.frame.keys ?? 0) > READ : keysBy.value === "weight",
);

/** Place -> key of the rows. */
export const keyPlaces = computed<Int32Array>(() =>
  picture.value ? keyOrder(picture.value.frame, keysByWeight.value) : byIndex(0),
);

/** The place of a key among the rows. */
export function placeOfKey(j: number): number {
  return keyPlaces.value.indexOf(j);
}

/** The key under the pointer, here or as a word of the text above that would be this query's key. */
export const pointedKey = computed<number | null>(() => {
  const [now, at] = [picture.value?.frame, hover.value];
  const inText = now && at?.query === now.query && at.key !== null && at.key < now.keys;
  return pointed.value?.row ?? (inText ? at.key : null);
});

/** The key that is told beside: the one under the pointer, else the one that is taken apart. */
export const toldKey = computed(() => pointedKey.value ?? explainedKey.value);

/** By what the neurons of a score are ranked. */
export const rankedBy = computed<"contrast" | "part">(() =>
  order.value === "pair" ? "part" : "contrast",
);

/** The parts of the score that is told, largest first. */
export const explained = computed(() => {
  const now = picture.value;
  if (!now || now.frame.neurons === 0) return [];
  const j = toldKey.value;
  const contrast = contrastsOf(now, j);
  return parts(now.frame, j, contrast, rankedNumbers(now, j));
});

/** Contrasts where they are numbers, else parts. */
function rankedNumbers(now: Picture, j: number): ArrayLike<number> {
  const contrast = rankedBy.value === "contrast" ? contrastsOf(now, j) : null;
  return contrast?.every(Number.isFinite) ? contrast : contributions(now.frame, j);
}

/** Whether queries and keys are tokens of the same sequence. */
export const sameTokens = computed(
  () => stackNow.value?.query_sequence === stackNow.value?.key_sequence,
);

/** Text of the query that is shown. */
export const queryToken = computed(() => {
  const length = neurons.value?.queries ?? querySequence.value?.tokens.length ?? 0;
  return tokenAt(
    tokenTexts(querySequence.value),
    length,
    picture.value?.frame.query ?? activeQuery.value,
  );
});

/** Text of key token j. */
export function keyToken(j: number): string {
  return tokenAt(tokenTexts(keySequence.value), picture.value?.frame.keys ?? 0, j);
}

/** The neuron at a place of the strips. */
export function neuronAt(place: number | null): number | null {
  return place === null ? null : (places.value[place] ?? null);
}
