/**
 * What the model view shows, as signals derived from the data and the selection; and what only this
 * view chooses.
 */

import { computed, signal } from "@preact/signals";
import { sequential } from "../../draw/colour";
import { numberName } from "../../state/arriving";
import { otherHeadWeights } from "../../state/compare";
import { headWeights, thumbnails } from "../../state/data";
import { field } from "../../state/field";
import { inAddress } from "../../state/fields";
import { theme } from "../../state/host";
import { leastWeight } from "../../state/least";
import { segmentPair } from "../../state/plan";
import {
  type HeadAddress,
  head,
  keySequence,
  layer,
  pins,
  querySequence,
  stackNow,
} from "../../state/selection";
import { headKey, sheetHeads } from "../../state/sheet";
import { smallest, strength } from "../../state/show";
import type { HeadWeights, Layer, Sequence } from "../../types";
import { type Arrangement, arrange, type Place } from "./arrange";
import { peakBin, thumbnailOf } from "./bins";
import { ascending, onlyHeads, onlyLayers } from "./choices";
import { inRanges } from "./ranges";
import { isSorted, passesEffect, passesType, scoreOf, secondScoreOf } from "./scores";
import { thumbnailTable } from "./tiles";
import { type PeakWords, peakWords, type Token } from "./words";

/** The cell under the pointer or with the keyboard's focus. */
export const pointed = signal<Place | null>(null);
/** Whether the focused head is enlarged beside the grid. */
export const enlarged = signal(true);
inAddress(
  "enlarged",
  field(
    enlarged,
    (value) => (value ? "" : "0"),
    (text) => text !== "0",
  ),
);

/**
 * The smallest weight that is drawn in a thumbnail: one for all of its rows, whose last one sees
 * every column.
 */
export const least = computed(() => leastWeight(smallest.value, thumbnails.value?.columns ?? 1));

/** RGBA of the 256 values of a thumbnail. */
export const table = computed(() => {
  const ramp = sequential(theme.value);
  const from = least.value;
  return thumbnailTable(ramp, (mass) => strength(mass, from));
});

/**
 * Opacity of a line for each of the 256 values of a thumbnail: the weight itself on either scale. A
 * row's lines then have as much ink together in a head that looks everywhere as in one that looks
 * at one token; by square roots they would cover the cell.
 */
export const alphas = computed(() =>
  Float32Array.from({ length: 256 }, (_, value) => visibleWeight((value / 255) ** 2)),
);

function visibleWeight(weight: number): number {
  return weight >= least.value ? weight : 0;
}

export const arrangement = computed<Arrangement>(() => {
  const [layers, heads] = [onlyLayers.value, onlyHeads.value];
  const numbers = thumbnails.value?.layers ?? [];
  return arrange({
    rows: numbers.length,
    heads: headsOf,
    showsRow: (row) => inRanges(layers, numbers[row] ?? row),
    showsHead: (each) => inRanges(heads, each),
    shows: (place) => passesType(place) && passesEffect(place),
    score: isSorted() ? scoreOf : null,
    second: secondScoreOf,
    ascending: ascending.value,
  });
});

/** Parameters of the layer in a row of the grid. */
export function layerOf(row: number): Layer | null {
  return paramsOf(thumbnails.value?.layers[row]);
}

/** Parameters of a layer by its number. */
export function paramsOf(number: number | undefined): Layer | null {
  return stackNow.value?.layers.find((each) => each.layer === number) ?? null;
}

/** Heads that the layer in a row really has; layers may differ. */
export function headsOf(row: number): number {
  return layerOf(row)?.heads ?? thumbnails.value?.heads ?? 0;
}

/** The place of the focused head. */
export const focused = computed<Place>(() => ({
  row: Math.max(0, thumbnails.value?.layers.indexOf(layer.value) ?? 0),
  head: head.value,
}));

/** The heads beside the grid: the focused one, then the pinned ones. */
export const beside = computed<readonly HeadAddress[]>(() => {
  const others = pins.value.filter(
    (each) => each.layer !== layer.value || each.head !== head.value,
  );
  return [...(enlarged.value ? [{ layer: layer.value, head: head.value }] : []), ...others];
});

/** The full weights of a head, once they are there. */
export function weightsOf(address: HeadAddress): HeadWeights | null {
  return (
    headWeights.value.find((each) => each.layer === address.layer && each.head === address.head) ??
    sheetHeads.value.weights.get(headKey(address))?.own ??
    null
  );
}

/** B's, once they are there. */
export function otherWeightsOf(address: HeadAddress): HeadWeights | null {
  const found = otherHeadWeights.value.find(
    (each) => each.layer === address.layer && each.head === address.head,
  );
  return found ?? sheetHeads.value.weights.get(headKey(address))?.other ?? null;
}

/** Where a cell is darkest, in words; null where it is empty. */
export function cellPeak(place: Place): PeakWords | null {
  const now = thumbnails.value;
  if (!now) return null;
  const params = layerOf(place.row);
  const peak = peakBin(
    thumbnailOf(now, place.row, place.head),
    now.columns,
    params?.causal === true && params.query_start === 0,
  );
  const [queries, keys] = [shownQueries.value, shownKeys.value];
  return peak && peakWords(peak, now.rows, now.columns, queries, keys, numberName.value);
}

/** The queries that thumbnails pool. */
export const shownQueries = computed(() => tokensOf(querySequence.value, segmentPair.value?.[0]));
/** The keys that thumbnails pool. */
export const shownKeys = computed(() => tokensOf(keySequence.value, segmentPair.value?.[1]));

/** The tokens that thumbnails pool: all, or those of one segment. */
function tokensOf(sequence: Sequence | null, segment: string | undefined): readonly Token[] {
  const wanted = segment === undefined ? null : "AB".indexOf(segment);
  return (sequence?.tokens ?? []).flatMap((text, position) =>
    wanted === null || sequence?.segments[position] === wanted ? [{ text, position }] : [],
  );
}
