/** The rows and columns of the head view: their labels, and which tokens they are. */

import { computed } from "@preact/signals";
import type { Axis } from "../../state/axis";
import { otherKeySequence, otherQuerySequence } from "../../state/compare";
import { segmentPair } from "../../state/plan";
import { keySequence, querySequence, stackNow } from "../../state/selection";
import { displayToken, spelled, type TokenLabel, tokenLabel } from "../../state/tokens";
import { spaceBefore } from "../../state/word_starts";
import type { Sequence } from "../../types";
import { layerOnScreen, plan } from "./series";

export type Side = "query" | "key";

export interface RowLabel extends TokenLabel {
  /** Position of the token, or of the first and the last one of a word, as "4" or "4-6". */
  readonly position: string;
  /** There is a space before it in the text. */
  readonly apart: boolean;
  /** All of its weights are left out. */
  readonly hidden: boolean;
}

export const queryLabels = computed<readonly RowLabel[]>(() => {
  const now = plan.value;
  return now
    ? labelsOf(
        [querySequence.value, otherQuerySequence.value],
        now.queries,
        layerOnScreen.value?.query_start ?? 0,
        null,
      )
    : [];
});

export const keyLabels = computed<readonly RowLabel[]>(() => {
  const now = plan.value;
  return now ? labelsOf([keySequence.value, otherKeySequence.value], now.keys, 0, now.hidden) : [];
});

export function labelOf(side: Side, row: number): string {
  const label = (side === "query" ? queryLabels : keyLabels).value[row];
  return label?.named ?? label?.label ?? `#${row}`;
}

export function positionOf(side: Side, row: number): string {
  return (side === "query" ? queryLabels : keyLabels).value[row]?.position ?? String(row);
}

/** " (id 6253, Ġdoctor)": how a single token stands in the vocabulary; empty for words, and where nothing is known. */
export function pieceText(side: Side, row: number): string {
  const [sequence, axis] = [
    side === "query" ? querySequence.value : keySequence.value,
    axisOn(side),
  ];
  if (sequence === null || axis === undefined || axis.first[row] !== axis.last[row]) return "";
  const token =
    (axis.first[row] ?? 0) +
    (side === "query" ? offsetOf(sequence, axis, layerOnScreen.value?.query_start ?? 0) : 0);
  const [id, piece] = [sequence.ids[token], sequence.pieces[token] ?? ""];
  const known = [
    ...(id === undefined ? [] : [`id ${id}`]),
    ...(piece === "" ? [] : [displayToken(piece).label]),
  ];
  return known.length > 0 ? ` (${known.join(", ")})` : "";
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

/** `start`: the token at which the rows of the sequence begin. Where a compared text differs, both tokens are named. */
function labelsOf(
  [sequence, other]: readonly [Sequence | null, Sequence | null],
  axis: Axis,
  start: number,
  hidden: Uint8Array | null,
): readonly RowLabel[] {
  const offset = offsetOf(sequence, axis, start);
  return Array.from(axis.first, (from, row) => {
    const to = axis.last[row] ?? from;
    const isHidden = hidden?.subarray(from, to + 1).every((each) => each === 1) ?? false;
    const position = from === to ? String(from) : `${from}-${to}`;
    const apart = sequence !== null && spaceBefore(sequence, from + offset);
    const label = labelFrom(sequence, from + offset, to + offset);
    const beside = other === null ? label : labelFrom(other, from + offset, to + offset);
    return { ...bothLabels(label, beside), position, apart, hidden: isHidden };
  });
}

function bothLabels(a: TokenLabel, b: TokenLabel): TokenLabel {
  if (a.full === b.full) return a;
  return {
    ...a,
    quiet: false,
    cut: a.cut || b.cut,
    label: `${a.label} / ${b.label}`,
    full: `${a.full} / ${b.full}`,
  };
}

/** Queries that begin later than the keys of the same sequence are its last tokens. */
function offsetOf(sequence: Sequence | null, axis: Axis, start: number): number {
  return Math.max(0, Math.min(start, (sequence?.tokens.length ?? 0) - axis.row.length));
}

function labelFrom(sequence: Sequence | null, from: number, to: number): TokenLabel {
  if (sequence === null) return displayToken(`#${from}`);
  return from === to ? tokenLabel(sequence, from) : displayToken(spelled(sequence, from, to));
}
