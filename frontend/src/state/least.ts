/**
 * Which weights are too small to be drawn. A number holds for every text; without one it scales
 * with how many keys a query sees: weights of 1,024 keys are small, and together they are nearly
 * all of it.
 */

import { shortText } from "../format";

/** Of the even weight, 1 / the number of keys that a query sees. */
const PART = 0.5;
/** In short texts: what is less can hardly be seen. */
const MOST = 0.02;

/** The smallest weight that is drawn of a query that sees so many keys. */
export function leastWeight(smallest: number | null, keys: number): number {
  return smallest ?? Math.min(MOST, PART / Math.max(1, keys));
}

/** "0.02", or what it is where it scales: as words that may follow "under" or "from". */
export function leastText(smallest: number | null): string {
  return smallest === null ? `half of the even weight (${MOST} at most)` : String(smallest);
}

/** What the setting means for the text on the screen, of so many keys. */
export function leastSentence(smallest: number | null, keys: number): string {
  if (smallest !== null) return `Weights under ${smallest} are not drawn, however long the text.`;
  const here = shortText(leastWeight(null, keys));
  return `Scales with the text: half of the even weight. A query that sees ${keys} keys: ${here}.`;
}
