/** Pictures of the strips and where they stand, made again only when what they show changes. */

import { computed, signal } from "@preact/signals";
import { changeRamp, diverging, rampColour, sequential } from "../../draw/colour";
import { pixelImage } from "../../draw/pixel_image";
import { pixelRatio } from "../../draw/ratio";
import { paintSigned, type SignedScale } from "../../draw/strips";
import { NO_VIEWPORT, type Viewport } from "../../draw/viewport";
import { neurons } from "../../state/data";
import { theme } from "../../state/host";
import { queryStrips } from "../../state/neuron";
import { key, keySequence } from "../../state/selection";
import type { NeuronFrame } from "./frame";
import { canHaveQueries, type Room, type StripLayout, stripLayout } from "./layout";
import type { Images, Lane, Scene } from "./paint";
import { sinkOf } from "./score_steps";
import {
  below,
  differs,
  keyPlaces,
  keyScale,
  keyToken,
  picture,
  places,
  productScale,
  queryScale,
  sameTokens,
} from "./state";

const LABEL_LEAST = 64;
const LABEL_MOST = 132;
const CHARACTER = 7.2;

/** The numbers of each row with their images, sorted as chosen. */
const lanes = computed<readonly Lane[]>(() => {
  const now = picture.value;
  if (!now) return [];
  const frames = below.value ? [now.frame, below.value] : [now.frame];
  return frames.map((frame) => ({ frame, images: imagesOf(frame) }));
});

function imagesOf(frame: NeuronFrame): Images {
  if (frame.neurons === 0) return { query: null, key: null, products: null };
  const table = colourTable.value;
  const width = frame.neurons;
  const paint = (values: Float32Array, scale: SignedScale): OffscreenCanvas | null =>
    pixelImage(paintSigned(values, width, places.value, scale, table), width);
  return {
    query: paint(frame.queryVector, queryScale.value),
    key: paint(frame.key, keyScale.value),
    products: paint(frame.products, productScale.value),
  };
}

/** The queries of all tokens, made where they are shown. */
const queryImages = computed<OffscreenCanvas | null>(() => {
  const frame = picture.value?.frame;
  if (!frame || frame.neurons === 0) return null;
  const { queries, neurons: width } = frame;
  const pixels = paintSigned(queries, width, places.value, queryScale.value, colourTable.value);
  return pixelImage(pixels, width);
});

/**
 * Blue positive and orange negative; of differences, as in the other views, red more and blue less.
 */
export const colourTable = computed(() =>
  differs.value ? changeRamp(theme.value) : diverging(theme.value),
);

/** Wide enough for most tokens, so that a long one does not take the strips' room. */
const labelWidth = computed(() => {
  const lengths = (keySequence.value?.tokens ?? [])
    .map((token) => [...token.slice(0, 24)].length)
    .sort((a, b) => a - b);
  const usual = lengths[Math.floor((lengths.length - 1) * 0.95)] ?? 0;
  const digits = String(lengths.length).length;
  return Math.min(LABEL_MOST, Math.max(LABEL_LEAST, (usual + digits + 1.5) * CHARACTER));
});

/** What the sink of this head takes; not told of a difference. */
const sink = computed(() => {
  const now = picture.value;
  return now && !differs.value ? sinkOf(now.own, now.layer) : null;
});

/** What of the strips is seen. Written by the view only. */
export const viewport = signal<Viewport>(NO_VIEWPORT);

const room = computed<Room | null>(() => {
  const frame = picture.value?.frame;
  const { width, height } = viewport.value;
  if (!frame || width === 0) return null;
  return {
    width,
    height,
    ratio: pixelRatio(),
    label: Math.max(labelWidth.value, sink.value === null ? 0 : LABEL_LEAST),
    rows: frame.keys,
    cells: frame.neurons,
    scores: frame.scores !== null,
    queries: sameTokens.value && frame.queries.length === frame.key.length,
    queryStrips: queryStrips.value,
    lanes: below.value ? 2 : 1,
    sink: sink.value !== null,
  };
});

/** Whether each token can have the strip of its query. */
export const queriesPossible = computed(() => room.value !== null && canHaveQueries(room.value));

export const layout = computed<StripLayout | null>(() => room.value && stripLayout(room.value));

export const scene = computed<Scene | null>(() => {
  const now = picture.value;
  if (!now || !layout.value) return null;
  const table = colourTable.value;
  const frames = lanes.value.map((each) => each.frame);
  return {
    frame: now.frame,
    layout: layout.value,
    lanes: lanes.value,
    queries: layout.value.queries && queryImages.value,
    signedWeights: differs.value,
    sink: sink.value,
    theme: theme.value,
    left: viewport.value.left,
    top: viewport.value.top,
    keyPlaces: keyPlaces.value,
    keyToken,
    pinnedKey: key.value,
    queryRow: sameTokens.value ? now.frame.query : null,
    scoreLimit: Math.max(...frames.map((each) => largest(each.scores ?? []))),
    weightLimit: Math.max(...frames.map((each) => largest(each.weights))),
    positive: rampColour(table, 205),
    negative: rampColour(table, 50),
    weightColour: rampColour(sequential(theme.value), 200),
  };
});

/** Number of the key head that the values come from. */
export const keyHead = computed(() => neurons.value?.keyHead ?? 0);

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at] ?? 0);
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most === 0 ? 1 : most;
}
