/**
 * What the rows and columns of weights are called: tokens, words or blocks, as every view names
 * them.
 */

import type { Sequence } from "../types";
import { type Axis, axisOf } from "./axis";
import { otherKeySequence, otherQuerySequence } from "./compare";
import type { Plan } from "./reading";
import { keySequence, querySequence } from "./scope";
import { displayToken, spelled, type TokenLabel, tokenLabel } from "./tokens";
import { spaceBefore } from "./word_starts";

export interface RowLabel extends TokenLabel {
  /** Position of the token, or of the first and the last one of a word, as "4" or "4-6". */
  readonly position: string;
  /** There is a space before it in the text. */
  readonly apart: boolean;
  /** All of its weights are left out. */
  readonly hidden: boolean;
}

/** Labels of the rows. Reads signals. */
export function queryRowLabels(plan: Plan): readonly RowLabel[] {
  return labelsOf([querySequence.value, otherQuerySequence.value], plan.queries, null);
}

/** Labels of the columns. Reads signals. */
export function keyRowLabels(plan: Plan): readonly RowLabel[] {
  return labelsOf([keySequence.value, otherKeySequence.value], plan.keys, plan.hidden);
}

/** Labels of all tokens of a text, beside those of what it is compared with. */
export function textLabels(
  sequence: Sequence,
  other: Sequence | null,
  hidden: Uint8Array | null,
): readonly RowLabel[] {
  return labelsOf([sequence, other], axisOf(sequence.tokens.length), hidden);
}

/** What to call a row in a sentence. */
export function rowName(labels: readonly RowLabel[], row: number): string {
  const label = labels[row];
  return label?.named ?? label?.label ?? `#${row}`;
}

/** Where a compared text differs, both tokens are named. */
function labelsOf(
  [sequence, other]: readonly [Sequence | null, Sequence | null],
  axis: Axis,
  hidden: Uint8Array | null,
): readonly RowLabel[] {
  return Array.from(axis.first, (from, row) => {
    const to = axis.last[row] ?? from;
    const isHidden = hidden?.subarray(from, to + 1).every((each) => each === 1) ?? false;
    const position = from === to ? String(from) : `${from}-${to}`;
    const apart = sequence !== null && spaceBefore(sequence, from);
    const label = labelFrom(sequence, from, to);
    const beside = other === null ? label : labelFrom(other, from, to);
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

function labelFrom(sequence: Sequence | null, from: number, to: number): TokenLabel {
  if (sequence === null) return displayToken(`#${from}`);
  return from === to ? tokenLabel(sequence, from) : displayToken(spelled(sequence, from, to));
}
