/** The rows and columns of the head view: their labels, and which tokens they are. */

import { computed } from "@preact/signals";
import type { Axis } from "../../state/axis";
import { segmentPair } from "../../state/plan";
import { keyRowLabels, queryRowLabels, type RowLabel, rowName } from "../../state/row_labels";
import { keySequence, querySequence, stackNow } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import { layerOnScreen, plan } from "./state";

export type Side = "query" | "key";

export const queryLabels = computed<readonly RowLabel[]>(() =>
  plan.value ? queryRowLabels(plan.value) : [],
);

export const keyLabels = computed<readonly RowLabel[]>(() =>
  plan.value ? keyRowLabels(plan.value) : [],
);

export function labelOf(side: Side, row: number): string {
  return rowName((side === "query" ? queryLabels : keyLabels).value, row);
}

export function positionOf(side: Side, row: number): string {
  return (side === "query" ? queryLabels : keyLabels).value[row]?.position ?? String(row);
}

/**
 * " (id 6253, Ġdoctor)": how a single token stands in the vocabulary; empty for words, and where
 * nothing is known.
 */
export function pieceText(side: Side, row: number): string {
  const [sequence, axis] = [
    side === "query" ? querySequence.value : keySequence.value,
    axisOn(side),
  ];
  if (sequence === null || axis === undefined || axis.first[row] !== axis.last[row]) return "";
  const token = axis.first[row] ?? 0;
  const [id, piece] = [sequence.ids[token], sequence.pieces[token] ?? ""];
  const known = [
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(piece === "" ? [] : [displayToken(piece).label]),
  ];
  return known.length > 0 ? ` (${known.join(", ")})` : "";
}

/**
 * The loss of a row in nats: of its tokens together, as -ln of the probability of a word is; NaN
 * where none of them was predicted, or that is not known.
 */
export function lossOf(side: Side, row: number): number {
  const [sequence, axis] = [
    side === "query" ? querySequence.value : keySequence.value,
    axisOn(side),
  ];
  if (!sequence || !axis || sequence.losses.length === 0) return Number.NaN;
  return sumOfLosses(sequence.losses, axis.first[row] ?? 0, axis.last[row] ?? -1);
}

/** The sum from one token to another, both included, of those that were predicted. */
export function sumOfLosses(losses: readonly number[], from: number, to: number): number {
  const known = losses.slice(from, to + 1).filter((each) => !Number.isNaN(each));
  return known.length > 0 ? known.reduce((sum, each) => sum + each, 0) : Number.NaN;
}

/** The row that shows a token, or null where it is filtered out or there is none. */
export function rowOf(side: Side, token: number | null): number | null {
  const row = token === null ? undefined : axisOn(side)?.row[token];
  return row === undefined || row < 0 ? null : row;
}

/** The first token of a row. */
export function tokenOf(side: Side, row: number): number {
  return axisOn(side)?.first[row] ?? row;
}

/** Rows and columns are the same tokens. */
export const sameRows = computed(() => {
  const [stack, now, pair] = [stackNow.value, plan.value, segmentPair.value];
  if (stack?.query_sequence !== stack?.key_sequence || now === null) return false;
  return now.queries.row.length === now.keys.row.length && (pair === null || pair[0] === pair[1]);
});

/** The mask hides the key from every query of the row. */
export function isMasked(query: number, key: number): boolean {
  const [layer, now] = [layerOnScreen.value, plan.value];
  if (!layer?.causal || now === null) return false;
  return (now.keys.first[key] ?? 0) > (now.queries.last[query] ?? 0) + layer.query_start;
}

/** A query that can see one key only: its weight is always 1 and says nothing. */
export function seesOneKey(query: number): boolean {
  const layer = layerOnScreen.value;
  return layer?.causal === true && (plan.value?.queries.last[query] ?? 0) + layer.query_start === 0;
}

function axisOn(side: Side): Axis | undefined {
  return side === "query" ? plan.value?.queries : plan.value?.keys;
}
