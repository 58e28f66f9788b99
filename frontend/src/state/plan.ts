/**
 * The plan by which weights are read for the screen, from the choices in `show.ts`. For use inside
 * computed signals.
 */

import { computed } from "@preact/signals";
import type { Sequence, Weights } from "../types";
import { showNow } from "./arriving";
import { type Axis, axisOf, blockAxis } from "./axis";
import { hiddenText, hides } from "./hidden";
import { isPlain, type Plan } from "./reading";
import { keySequence, querySequence } from "./scope";
import { first, type Segments, segmentShare, segments, special, words } from "./show";
import { wordStarts } from "./word_starts";

/** Tokens attend to tokens of the same sequence, and these are of two segments. */
export const hasSegments = computed(() => {
  const sequence = keySequence.value;
  return (
    sequence === querySequence.value &&
    sequence !== null &&
    sequence.segments.includes(0) &&
    sequence.segments.includes(1)
  );
});

/** The pair of segments that is shown, or null for everything. */
export const segmentPair = computed<Exclude<Segments, "all"> | null>(() =>
  hasSegments.value && segments.value !== "all" ? segments.value : null,
);

/** Numbers on the screen are the model's own. */
export const showsOwnWeights = computed(
  () => showNow.value === "weight" && !hides.value && !words.value && segmentPair.value === null,
);

/**
 * Plan for weights as they came. `hidden`: the keys that are left out, of `hiddenOf`. `norms`: the
 * lengths of values, of `lengthsOf`.
 */
export function planOf(
  { block, queries, keys, show }: Pick<Weights, "block" | "queries" | "keys" | "show">,
  hidden: Uint8Array | null,
  norms: Float32Array | null,
): Plan {
  const pair = segmentPair.value;
  return {
    block,
    queries: axis(querySequence.value, { block, count: queries, segment: segmentOf(pair, 0) }),
    keys: axis(keySequence.value, { block, count: keys, segment: segmentOf(pair, 1) }),
    hidden,
    show,
    norms,
    renormaliseHidden: first.value === "renormalise",
    renormaliseKeys: pair !== null && segmentShare.value,
  };
}

/** What was done to the weights, in words; empty where nothing was. */
export function planText(plan: Plan): string {
  const done: string[] = [];
  const pair = segmentPair.value;
  if (plan.show === "arriving") done.push("what arrives");
  if (pair !== null) done.push(`only ${pair[0]} → ${pair[1]}`);
  if (plan.hidden !== null) done.push(`without ${leftText(plan.hidden)}`);
  if ((plan.hidden !== null && plan.renormaliseHidden) || plan.renormaliseKeys)
    done.push("renormalised");
  if (plan.block > 1) done.push(`blocks of ${plan.block} tokens`);
  else if (words.value) done.push("whole words");
  return done.join(", ");
}

/** The same, where something was done to the weights after they came, or what arrives is shown. */
export function changesText(plan: Plan): string {
  return isPlain(plan) && plan.show === "weight" ? "" : planText(plan);
}

function leftText(hidden: Uint8Array): string {
  const count = hidden.reduce((sum, each) => sum + each, 0);
  return special.value && count > 1 ? `${hiddenText()} and special ones (${count})` : hiddenText();
}

/** The segment, 0 or 1, of one side of a pair such as "AB". */
function segmentOf(pair: string | null, side: 0 | 1): number | null {
  return pair === null ? null : pair[side] === "A" ? 0 : 1;
}

interface Side {
  readonly block: number;
  /** Rows as they came: tokens, or blocks of them. */
  readonly count: number;
  readonly segment: number | null;
}

function axis(sequence: Sequence | null, { block, count, segment }: Side): Axis {
  const kept = segment === null ? null : (token: number) => sequence?.segments[token] === segment;
  if (block > 1) return blockAxis(sequence?.tokens.length ?? 0, block, kept);
  const starts = words.value && sequence !== null ? wordStarts(sequence) : null;
  return axisOf(count, starts && ((token) => starts[token] !== 0), kept);
}
