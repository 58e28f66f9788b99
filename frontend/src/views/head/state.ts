/**
 * What the head view draws: the chosen heads of the layer, one after the other, or their mean; read
 * as `state/show.ts` says.
 */

import { computed } from "@preact/signals";
import { changeColour, headColour, pale } from "../../draw/colour";
import { lengthsOf } from "../../state/arriving";
import { otherLayer, otherWeights, showsBoth, showsDifference } from "../../state/compare";
import { capture, weights } from "../../state/data";
import { differenceOf, type HeadCells, headCells, leastsOf } from "../../state/head_cells";
import { hiddenOf } from "../../state/hidden";
import { theme } from "../../state/host";
import { spanOf } from "../../state/least";
import { nearest } from "../../state/nearest";
import { planOf, planText } from "../../state/plan";
import { isPlain, type Plan, type Reading, readHead } from "../../state/reading";
import { heads, stackNow } from "../../state/selection";
import { limits, mean, strength } from "../../state/show";
import type { Layer, Weights } from "../../types";
import { headSeries, markText, meanSeries, partsOf, type Series } from "./series";

/** Numbers of rows and columns that are shown: of tokens, or of words. */
export interface Shape {
  readonly layer: number;
  readonly queries: number;
  readonly keys: number;
}

export const layerOnScreen = computed<Layer | null>(() => {
  const wanted = weights.value?.layer;
  return stackNow.value?.layers.find((layer) => layer.layer === wanted) ?? null;
});

export const plan = computed<Plan | null>(() => {
  const now = weights.value;
  const layer = layerOnScreen.value;
  return now && capture.value && planOf(now, hiddenOf(layer, null), null);
});

/** What was done to the weights, in words; empty where they are the model's own. */
export const changes = computed(() => (plan.value ? planText(plan.value) : ""));

export const shape = computed<Shape | null>(() => {
  const [now, by] = [weights.value, plan.value];
  return now && by && { layer: now.layer, queries: by.queries.count, keys: by.keys.count };
});

/** Never empty: where none of the chosen heads was logged, those that were, or the nearest of them. */
export const shownHeads = computed<readonly number[]>(() => {
  const count = weights.value?.heads ?? 0;
  const logged = layerOnScreen.value?.logged_heads ?? null;
  const shown = heads.value.filter((head) => head < count && (logged?.includes(head) ?? true));
  if (shown.length > 0 || logged === null || logged.length === 0) return shown;
  return heads.value.length > 1 ? logged : [nearest(logged, heads.value[0] ?? 0)];
});

/**
 * The reading of a head, made when it is first asked for: switching heads on and off reads none of
 * them again.
 */
const readingOf = computed(() => readings(weights.value, plan.value, layerOnScreen.value));
/** The same of B, read as A is, without what B's heads rest on. */
const otherReadingOf = computed(() => {
  const other = fittingOther();
  return readings(other, plan.value, otherLayer(other?.layer));
});

function readings(
  now: Weights | null,
  by: Plan | null,
  layer: Layer | null,
): (head: number) => Reading {
  const made = new Map<number, Reading>();
  return (head) => {
    const known =
      made.get(head) ??
      (now && by ? readHead(headOf(now, head), ofHead(now, by, layer, head)) : NOTHING);
    made.set(head, known);
    return known;
  };
}

function ofHead(now: Weights, by: Plan, layer: Layer | null, head: number): Plan {
  return { ...by, hidden: hiddenOf(layer, head), norms: lengthsOf(now, head) };
}

/** What one query attends to in a head of the layer, whether it is chosen or not. */
export interface QueryRow {
  readonly head: number;
  /** [keys]; of a difference with signs. */
  readonly data: Float32Array;
}

/** The rows of one query in all heads that were logged. Reads signals. */
export function rowsOfHeads(row: number): readonly QueryRow[] {
  const [now, by, layer] = [weights.value, plan.value, layerOnScreen.value];
  if (now === null || by === null || row >= by.queries.count) return [];
  const other = differs.value ? fittingOther() : null;
  const heads = layer?.logged_heads ?? Array.from({ length: now.heads }, (_, head) => head);
  return heads.map((head) => {
    const own = rowOfHead(now, by, layer, head, row);
    if (other === null) return { head, data: own };
    return {
      head,
      data: differenceOf(own, rowOfHead(other, by, otherLayer(other.layer), head, row)),
    };
  });
}

/** One row of the reading of a head, without reading the others. */
function rowOfHead(
  now: Weights,
  by: Plan,
  layer: Layer | null,
  head: number,
  row: number,
): Float32Array {
  const of = ofHead(now, by, layer, head);
  const keys = by.keys.count;
  if (isPlain(of)) return headOf(now, head).subarray(row * keys, (row + 1) * keys);
  const one = {
    ...by.queries,
    count: 1,
    first: by.queries.first.subarray(row, row + 1),
    last: by.queries.last.subarray(row, row + 1),
    plain: false,
  };
  return readHead(headOf(now, head), { ...of, queries: one }).data;
}

/**
 * The weight behind a share of what arrives, and the length of what the key gives with it; null
 * where weights are shown, or rows and columns are no tokens.
 */
export function arrivesAt(
  head: number | null,
  row: number,
  column: number,
): { readonly weight: number; readonly length: number } | null {
  const [now, by] = [weights.value, plan.value];
  const norms = now && head !== null ? lengthsOf(now, head) : null;
  if (!now || !by || head === null || norms === null) return null;
  const [query, key] = [by.queries.first[row] ?? 0, by.keys.first[column] ?? 0];
  if (by.queries.last[row] !== query || by.keys.last[column] !== key) return null;
  const weight = headOf(now, head)[query * now.keys + key] ?? Number.NaN;
  return { weight, length: weight * (norms[key] ?? Number.NaN) };
}

/** B's weights where they are of the same layer and size as A's. */
function fittingOther(): Weights | null {
  const [a, b] = [weights.value, otherWeights.value];
  const fits =
    a &&
    b &&
    a.layer === b.layer &&
    a.heads === b.heads &&
    a.queries === b.queries &&
    a.keys === b.keys;
  return fits ? b : null;
}

const NOTHING: Reading = { data: new Float32Array(0), left: null };

/** The chosen heads, or their mean, without comparison. */
const ours = computed<readonly Series[]>(() => seriesOf(readingOf.value));
/** The same of B; null where nothing is compared. */
const theirs = computed<readonly Series[] | null>(() => {
  const compares = showsDifference.value || showsBoth.value;
  return compares && fittingOther() ? seriesOf(otherReadingOf.value) : null;
});

function seriesOf(reading: (head: number) => Reading): readonly Series[] {
  if (shape.value === null) return [];
  const all = headSeries(reading, shownHeads.value);
  return mean.value ? [meanSeries(all)] : all;
}

/** Whether B's numbers are drawn. */
export const compares = computed(() => theirs.value !== null);
/** Whether what is drawn is A less B. */
export const differs = computed(() => compares.value && showsDifference.value);

/** A's and B's number of one pair in a head, or in the mean; null where nothing is compared. */
export function bothAt(
  head: number | null,
  index: number,
): { readonly a: number; readonly b: number } | null {
  const place = ours.value.findIndex((each) => each.head === head);
  const [a, b] = [ours.value[place]?.data[index], theirs.value?.[place]?.data[index]];
  return a === undefined || b === undefined ? null : { a, b };
}

/**
 * In a difference each head is two series, what is more and what is less: both are positive
 * numbers.
 */
export const series = computed<readonly Series[]>(() => {
  const others = theirs.value;
  if (others === null) return ours.value;
  return ours.value.flatMap((a, place) => {
    const b = others[place];
    if (!b) return [a];
    const difference = differences.value?.[place];
    return difference
      ? partsOf(a, difference.data)
      : [a, { ...b, name: `${b.name} of B`, part: "other" as const }];
  });
});

/** One heat map: a head, or the mean of several; a difference is one map, with signs. */
export interface HeadMap {
  /** null: the mean. */
  readonly head: number | null;
  readonly name: string;
  readonly cells: HeadCells;
}

export const headMaps = computed<readonly HeadMap[]>(() => {
  const now = plan.value;
  if (now === null) return [];
  const shown = differs.value ? ours.value : series.value;
  return shown.map(({ head, name, data: own }, place) => {
    const { data, weights } = differences.value?.[place] ?? { data: own, weights: [own] };
    const of = { ...now, hidden: hiddenOf(layerOnScreen.value, head) };
    return {
      head,
      name,
      cells: headCells(data, weights, of, layerOnScreen.value, limits.value, span.value),
    };
  });
});

/** A less B, and what that is made of; null where it is not wanted. */
const differences = computed(() => {
  const others = differs.value ? theirs.value : null;
  return (
    others &&
    ours.value.map(({ data }, place) => {
      const other = others[place]?.data ?? data;
      return { data: differenceOf(data, other), weights: [data, other] };
    })
  );
});

/** What the strongest colour or the widest line stands for: 1, of differences the largest. */
export const span = computed(() => {
  const all = differences.value ?? [];
  return all.length === 0 ? 1 : Math.max(...all.map(({ data }) => spanOf(data)));
});

/** The map that shows a series. */
export function mapOfPlace(place: number): HeadMap | null {
  return headMaps.value[differs.value ? Math.floor(place / 2) : place] ?? null;
}

/** The series of a map. */
export function placeOfMap(map: number): number {
  return differs.value ? 2 * map : map;
}

/** leasts[series][query]: the smallest weight of a query that is drawn. */
export const leasts = computed<readonly Float32Array[]>(() => {
  const now = shape.value;
  if (now === null) return [];
  return differs.value
    ? series.value.flatMap(({ data }, place) => {
        const map = mapOfPlace(place);
        return map ? [leastsOf({ ...map.cells, data }, limits.value)] : [];
      })
    : headMaps.value.map(({ cells }) => cells.least);
});

export function leastOf(place: number, query: number): number {
  return leasts.value[place]?.[query] ?? 0;
}

/** Strength 0..1 with which the weight at an index of a series is drawn; 0 where it is not. */
export function strengthAt(place: number, index: number): number {
  const weight = series.value[place]?.data[index] ?? 0;
  const query = Math.floor(index / Math.max(1, shape.value?.keys ?? 1));
  return strength(weight / span.value, leastOf(place, query) / span.value);
}

/** A colour for each series, as #rrggbb. */
export const colours = computed<readonly string[]>(() =>
  series.value.map(({ head, part }) => {
    if (part === "more" || part === "less") return changeColour(part, theme.value);
    const own = head === null ? MEAN_COLOUR[theme.value] : headColour(head, theme.value);
    return part === "other" ? pale(own, theme.value) : own;
  }),
);

const MEAN_COLOUR = { light: "#4a5263", dark: "#c9d1de" } as const;

/** `markText` of the series at a place. */
export function markOf(place: number): string {
  const of = series.value[place];
  return of ? markText(of) : "";
}

function headOf({ data, queries, keys }: Weights, head: number): Float32Array {
  return data.subarray(head * queries * keys, (head + 1) * queries * keys);
}
