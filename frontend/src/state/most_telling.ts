/** The metric to show where nothing says which. A pure function of numbers. */

import type { Metrics } from "../types";

/** These can be looked at in any text; of two that vary as much the first is told. */
const TELLING = ["induction", "previous_token", "first_token", "entropy"];

/**
 * The one that varies most: over the steps of a head, or over the heads where there is one step.
 * null where none is defined for the text.
 */
export function mostTelling(known: Metrics): string | null {
  const [, ...more] = known.steps;
  let best: { readonly name: string; readonly spread: number } | null = null;
  for (const name of TELLING) {
    const spread = spreadOf(known, known.names.indexOf(name), more.length > 0);
    if (spread !== null && spread > (best?.spread ?? -1)) best = { name, spread };
  }
  return best?.name ?? null;
}

/** Largest less smallest value; null where none is defined. */
function spreadOf({ steps, names, data }: Metrics, at: number, overSteps: boolean): number | null {
  if (at < 0) return null;
  const ofStep = data.length / steps.length;
  // Values of one head are `ofStep` apart; without steps all heads are one group.
  const groups = overSteps ? ofStep / names.length : 1;
  const apart = overSteps ? ofStep : names.length;
  let most: number | null = null;
  for (let group = 0; group < groups; group++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = group * names.length + at; index < data.length; index += apart) {
      const value = data[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (high >= low) most = Math.max(most ?? 0, high - low);
  }
  return most;
}
