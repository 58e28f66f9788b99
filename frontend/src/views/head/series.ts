/** What the head view draws: the chosen heads of the layer, one after the other, or their mean; and the tokens of rows and columns. */

import { computed } from "@preact/signals";
import { headColour } from "../../draw/colour";
import { capture, weights } from "../../state/data";
import { theme } from "../../state/host";
import { heads, keySequence, querySequence } from "../../state/selection";
import { mean } from "../../state/show";
import { displayToken, type TokenLabel } from "../../state/tokens";
import type { Weights } from "../../types";

/** One thing to draw: a head, or the mean of several. data[query * keys + key]. */
export interface Series {
  /** null: the mean. */
  readonly head: number | null;
  readonly name: string;
  readonly data: Float32Array;
}

export const shownHeads = computed<readonly number[]>(() => {
  const count = weights.value?.heads ?? 0;
  return heads.value.filter((head) => head < count);
});

export const series = computed<readonly Series[]>(() => {
  const now = weights.value;
  return now === null ? [] : mean.value ? meanSeries(now, shownHeads.value) : headSeries(now, shownHeads.value);
});

/** A colour for each series, as #rrggbb. */
export const colours = computed<readonly string[]>(() =>
  series.value.map(({ head }) => (head === null ? MEAN_COLOUR[theme.value] : headColour(head, theme.value))),
);

export const queryLabels = computed<readonly TokenLabel[]>(() => {
  const tokens = querySequence.value?.tokens ?? [];
  const count = weights.value?.queries ?? 0;
  // Queries that begin later than the keys of the same sequence are its last tokens.
  return labels(tokens, count, Math.max(0, Math.min(tokens.length - count, queryStart.value)));
});

export const keyLabels = computed<readonly TokenLabel[]>(() =>
  labels(keySequence.value?.tokens ?? [], weights.value?.keys ?? 0, 0),
);

/** Query i sees key j only where j <= i + queryStart; null where the layer is not causal. */
export const causalStart = computed<number | null>(() => {
  const layer = layerOnScreen.value;
  return layer?.causal ? layer.query_start : null;
});

const layerOnScreen = computed(() => {
  const wanted = weights.value?.layer;
  return capture.value?.stacks.flatMap((stack) => stack.layers).find((layer) => layer.layer === wanted) ?? null;
});

const queryStart = computed(() => layerOnScreen.value?.query_start ?? 0);

const MEAN_COLOUR = { light: "#4a5263", dark: "#c9d1de" } as const;

export function headSeries(weights: Weights, heads: readonly number[]): readonly Series[] {
  const size = weights.queries * weights.keys;
  return heads.map((head) => ({ head, name: `head ${head}`, data: weights.data.subarray(head * size, (head + 1) * size) }));
}

/** One series: the mean over `heads`. */
export function meanSeries(weights: Weights, heads: readonly number[]): readonly Series[] {
  const size = weights.queries * weights.keys;
  const data = new Float32Array(size);
  for (const head of heads) {
    const start = head * size;
    for (let at = 0; at < size; at++) data[at] = (data[at] ?? 0) + (weights.data[start + at] ?? 0);
  }
  for (let at = 0; at < size; at++) data[at] = (data[at] ?? 0) / Math.max(1, heads.length);
  return [{ head: null, name: heads.length === 1 ? `head ${heads[0]}` : `mean of ${heads.length} heads`, data }];
}

/** Labels of `count` tokens from `start` on; a place without a token is named by its number. */
function labels(tokens: readonly string[], count: number, start: number): readonly TokenLabel[] {
  return Array.from({ length: count }, (_, index) => {
    const token = tokens[index + start];
    return token === undefined ? { label: `#${index}`, quiet: true, cut: false, full: `#${index}` } : displayToken(token);
  });
}
