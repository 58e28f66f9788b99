/**
 * The weights of an enlarged head, and B's beside them, as they are to be read; which tokens its
 * rows and columns are.
 */

import { showNow } from "../../../state/arriving";
import {
  otherKeySequence,
  otherLayer,
  otherQuerySequence,
  showsBoth,
  showsDifference,
} from "../../../state/compare";
import { hiddenOf } from "../../../state/hidden";
import { planOf } from "../../../state/plan";
import { type Plan, readHead } from "../../../state/reading";
import { type HeadAddress, keySequence, querySequence } from "../../../state/selection";
import { displayToken, spelled, tokenLabel } from "../../../state/tokens";
import type { Sequence } from "../../../types";
import { otherWeightsOf, paramsOf, weightsOf } from "../state";

const LONGEST = 16;

export interface HeadReading {
  readonly plan: Plan;
  /** A's weights. */
  readonly own: Float32Array;
  /** B's; null where nothing is compared, or they are not there. */
  readonly other: Float32Array | null;
}

/** null until the weights are there. */
export function readingOf(address: HeadAddress): HeadReading | null {
  const full = weightsOf(address);
  if (!full) return null;
  const hidden = hiddenOf(paramsOf(address.layer), address.head);
  const plan = planOf(full, hidden, full.norms);
  return { plan, own: readHead(full.data, plan).data, other: otherReading(address, plan) };
}

/** The plan for a head whose weights are not there: a row for each token or word. */
export function expectedPlan(address: HeadAddress): Plan {
  const [queries, keys] = [querySequence.value?.tokens.length, keySequence.value?.tokens.length];
  const size = { block: 1, queries: queries ?? 1, keys: keys ?? 1 };
  const hidden = hiddenOf(paramsOf(address.layer), address.head);
  return planOf({ ...size, show: showNow.value }, hidden, null);
}

function otherReading(address: HeadAddress, plan: Plan): Float32Array | null {
  if (!showsDifference.value && !showsBoth.value) return null;
  const full = otherWeightsOf(address);
  const fits =
    full && full.queries === plan.queries.row.length && full.keys === plan.keys.row.length;
  const hidden = hiddenOf(otherLayer(address.layer), address.head);
  return fits ? readHead(full.data, { ...plan, hidden, norms: full.norms }).data : null;
}

/** A row or column in words: its token or word, or the positions of a block. */
export function tokensText(plan: Plan, side: "query" | "key", at: number): string {
  const sequence = (side === "query" ? querySequence : keySequence).value;
  const axis = side === "query" ? plan.queries : plan.keys;
  const [first, last] = [axis.first[at] ?? at, axis.last[at] ?? at];
  if (!sequence) return `position ${first}`;
  const text = (of: Sequence, token: number): string => tokenLabel(of, token, LONGEST).label;
  const other = (side === "query" ? otherQuerySequence : otherKeySequence).value;
  if (first === last)
    return bothTexts(text(sequence, first), other === null ? null : text(other, first));
  if (plan.block > 1)
    return `${first} to ${last} (${text(sequence, first)} … ${text(sequence, last)})`;
  return displayToken(spelled(sequence, first, last), LONGEST).label;
}

/** Where a compared text differs, both tokens are named. */
function bothTexts(a: string, b: string | null): string {
  return b === null || a === b ? a : `${a} / ${b}`;
}
