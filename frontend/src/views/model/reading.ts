/** The weights of an enlarged head as they are to be read, and which tokens its rows and columns are. */

import { otherKeySequence, otherQuerySequence } from "../../state/compare";
import { planOf } from "../../state/plan";
import { type Plan, readHead } from "../../state/reading";
import { type HeadAddress, keySequence, querySequence } from "../../state/selection";
import { displayToken, spelled, tokenLabel } from "../../state/tokens";
import type { Sequence } from "../../types";
import type { Grid } from "./matrix";
import { paramsOf, weightsOf } from "./state";

const LONGEST = 16;

export interface HeadReading {
  readonly plan: Plan;
  readonly grid: Grid;
}

/** null until the weights are there. */
export function readingOf(address: HeadAddress): HeadReading | null {
  const full = weightsOf(address);
  if (!full) return null;
  const plan = planOf(full, paramsOf(address.layer)?.query_start ?? 0);
  const { data } = readHead(full.data, plan);
  return { plan, grid: { rows: plan.queries.count, columns: plan.keys.count, data } };
}

/** What the rows or columns are called; without a plan, one for each token. */
export function labels(plan: Plan | null, side: "query" | "key"): readonly string[] {
  const sequence = sequenceOf(side);
  const axis = side === "query" ? plan?.queries : plan?.keys;
  if (!sequence || !axis) return sequence?.tokens ?? [];
  const other = (side === "query" ? otherQuerySequence : otherKeySequence).value;
  return Array.from(axis.first, (first, at) => {
    const last = axis.last[at] ?? first;
    const text = (of: Sequence): string =>
      first === last ? tokenLabel(of, first).full : spelled(of, first, last);
    return bothTexts(text(sequence), other === null ? null : text(other));
  });
}

/** A row or column in words: its token or word, or the positions of a block. */
export function tokensText(plan: Plan, side: "query" | "key", at: number): string {
  const sequence = sequenceOf(side);
  const axis = side === "query" ? plan.queries : plan.keys;
  const [first, last] = [axis.first[at] ?? at, axis.last[at] ?? at];
  if (!sequence) return `position ${first}`;
  const text = (token: number): string => tokenLabel(sequence, token, LONGEST).label;
  const other = (side === "query" ? otherQuerySequence : otherKeySequence).value;
  if (first === last)
    return bothTexts(text(first), other && tokenLabel(other, first, LONGEST).label);
  if (plan.block > 1) return `${first} to ${last} (${text(first)} … ${text(last)})`;
  return displayToken(spelled(sequence, first, last), LONGEST).label;
}

/** Where a compared text differs, both tokens are named. */
function bothTexts(a: string, b: string | null): string {
  return b === null || a === b ? a : `${a} / ${b}`;
}

function sequenceOf(side: "query" | "key") {
  return (side === "query" ? querySequence : keySequence).value;
}
