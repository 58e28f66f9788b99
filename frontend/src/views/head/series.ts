/** What the head view draws: the chosen heads of the layer, one after the other, or their mean; read as `state/show.ts` says. */

import { computed } from "@preact/signals";
import { headColour } from "../../draw/colour";
import { capture, weights } from "../../state/data";
import { theme } from "../../state/host";
import { planOf, planText } from "../../state/plan";
import { massCutoff, type Plan, type Reading, readHead } from "../../state/reading";
import { heads, stackNow } from "../../state/selection";
import { mass, mean, smallest, strength } from "../../state/show";
import type { Layer, Weights } from "../../types";

/** One thing to draw: a head, or the mean of several. data[query * keys + key]; rows and columns are those of `shape`. */
export interface Series extends Reading {
  /** null: the mean. */
  readonly head: number | null;
  readonly name: string;
}

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
  return now && capture.value && planOf(now, layerOnScreen.value?.query_start ?? 0);
});

/** What was done to the weights, in words; empty where they are the model's own. */
export const changes = computed(() => (plan.value ? planText(plan.value) : ""));

export const shape = computed<Shape | null>(() => {
  const [now, by] = [weights.value, plan.value];
  return now && by && { layer: now.layer, queries: by.queries.count, keys: by.keys.count };
});

/** Never empty: where none of the chosen heads was logged, those that were. */
export const shownHeads = computed<readonly number[]>(() => {
  const count = weights.value?.heads ?? 0;
  const logged = layerOnScreen.value?.logged_heads ?? null;
  const shown = heads.value.filter((head) => head < count && (logged?.includes(head) ?? true));
  return shown.length > 0 || logged === null ? shown : logged;
});

/** The reading of a head, made when it is first asked for: switching heads on and off reads none of them again. */
const readingOf = computed<(head: number) => Reading>(() => {
  const [now, by] = [weights.value, plan.value];
  const made = new Map<number, Reading>();
  return (head) => {
    const known = made.get(head) ?? (now && by ? readHead(headOf(now, head), by) : NOTHING);
    made.set(head, known);
    return known;
  };
});

const NOTHING: Reading = { data: new Float32Array(0), left: null };

export const series = computed<readonly Series[]>(() => {
  if (shape.value === null) return [];
  const all = headSeries(readingOf.value, shownHeads.value);
  return mean.value ? [meanSeries(all)] : all;
});

/** leasts[series][query]: the smallest weight of a query that is drawn. */
export const leasts = computed<readonly Float32Array[]>(() => {
  const [columns, share, least] = [shape.value?.keys ?? 0, mass.value, smallest.value];
  return series.value.map(({ data }) => {
    const rows = new Float32Array(shape.value?.queries ?? 0).fill(least);
    if (share >= 1) return rows;
    return rows.map((_, row) => Math.max(least, massCutoff(data.subarray(row * columns, (row + 1) * columns), share)));
  });
});

export function leastOf(place: number, query: number): number {
  return leasts.value[place]?.[query] ?? 0;
}

/** Strength 0..1 with which the weight at an index of a series is drawn; 0 where it is not. */
export function strengthAt(place: number, index: number): number {
  const weight = series.value[place]?.data[index] ?? 0;
  const query = Math.floor(index / Math.max(1, shape.value?.keys ?? 1));
  return weight >= leastOf(place, query) ? strength(weight) : 0;
}

/** A colour for each series, as #rrggbb. */
export const colours = computed<readonly string[]>(() =>
  series.value.map(({ head }) => (head === null ? MEAN_COLOUR[theme.value] : headColour(head, theme.value))),
);

const MEAN_COLOUR = { light: "#4a5263", dark: "#c9d1de" } as const;

function headOf({ data, queries, keys }: Weights, head: number): Float32Array {
  return data.subarray(head * queries * keys, (head + 1) * queries * keys);
}

export function headSeries(readingOf: (head: number) => Reading, heads: readonly number[]): readonly Series[] {
  return heads.map((head) => ({ head, name: `head ${head}`, ...readingOf(head) }));
}

/** The mean of several series. */
export function meanSeries(all: readonly Series[]): Series {
  const name = all.length === 1 ? (all[0]?.name ?? "") : `mean of ${all.length} heads`;
  const left = all.flatMap((each) => each.left ?? []);
  return { head: null, name, data: meanOf(all.map((each) => each.data)), left: left.length > 0 ? meanOf(left) : null };
}

function meanOf(arrays: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(arrays[0]?.length ?? 0);
  for (const array of arrays) for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (array[at] ?? 0);
  return sum.map((each) => each / Math.max(1, arrays.length));
}
