/** The metric to show where nothing says which. A pure function of numbers. */

import type { Metrics } from "../types";

/** These can be looked at in any text; of two that vary as much the first is told. */
const TELLING = ["induction", "previous_token", "first_token", "entropy"];

/**
 * The one that varies most in these rows: over the steps of a head, or over the heads where there
 * is one step. In a text so short that none of these is defined, another that is; null for none.
 */
export function mostTelling(known: Metrics, rows: readonly number[]): string | null {
  let best: { readonly name: string; readonly spread: number } | null = null;
  for (const name of TELLING) {
    const spread = spreadOf(known, rows, known.names.indexOf(name));
    if (spread !== null && spread > (best?.spread ?? -1)) best = { name, spread };
  }
  const isDefined = (_: string, at: number): boolean => spreadOf(known, rows, at) !== null;
  return best?.name ?? known.names.find(isDefined) ?? null;
}

/** Largest less smallest value; null where none is defined. */
function spreadOf(
  { steps, rows, heads, names, data }: Metrics,
  wanted: readonly number[],
  at: number,
): number | null {
  if (at < 0) return null;
  let most: number | null = null;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of wanted) {
    for (let head = 0; head < heads; head++) {
      // Of a single step all heads are one group.
      if (steps.length > 1) [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let step = 0; step < steps.length; step++) {
        const place = (step * rows.length + row) * heads + head;
        const value = data[place * names.length + at] ?? Number.NaN;
        if (!Number.isFinite(value)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      if (high >= low) most = Math.max(most ?? 0, high - low);
    }
  }
  return most;
}
