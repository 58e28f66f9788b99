/** Sentences for the notes and titles of the head view. */

import type { Edges } from "../../draw/edges";
import { countText, percentText, plural } from "../../format";
import type { Ranking } from "./ranking";

/** Which links are drawn ("of 0.02 and more"), and which are not ("below 0.02"). */
export interface Limit {
  readonly drawn: string;
  readonly left: string;
}

/** What is drawn of a difference, in words. */
export const CHANGE = "the change";
/** What is drawn of weights of which some are hidden. */
export const REST = "what is left";

/** "6 of 9 keys, 97 % of the weight. 3 below 0.02 are not drawn." */
export function rankingText(
  ranking: Ranking,
  side: "query" | "key",
  limit: Limit,
  what = "the weight",
): string {
  const { links, below, mass, drawn } = ranking;
  const total = links.length + below;
  const other =
    total === 1 ? (side === "query" ? "key" : "query") : side === "query" ? "keys" : "queries";
  if (ranking.broken > 0) return `${countText(ranking.broken)} weights are not numbers (NaN).`;
  if (total === 0 && what === CHANGE) return "A and B are the same here: no weight differs.";
  if (total === 0) return side === "query" ? "All weights are 0." : "No query attends to this key.";
  const first = `${countText(links.length)} of ${countText(total)} ${other}, ${percentText(mass > 0 ? drawn / mass : 0)} of ${what}.`;
  return below === 0
    ? first
    : `${first} ${countText(below)} ${limit.left} ${below === 1 ? "is" : "are"} not drawn.`;
}

/** "99 % of the weight is drawn", or why nothing is. */
export function drawnText(edges: Edges, what = "the weight"): string {
  if (edges.broken > 0)
    return `${countText(edges.broken)} weights are not numbers (NaN) and cannot be drawn`;
  if (edges.massOfAll === 0 && what === CHANGE) return "A and B are the same: no weight differs";
  if (edges.massOfAll === 0) return `There is nothing of ${what} to draw here`;
  return `${percentText(edges.mass / edges.massOfAll)} of ${what} is drawn`;
}

/**
 * Which links are drawn, and why the rest is not; empty where there are none. `queries`: how many
 * can be seen, of how many.
 */
export function linksText(
  edges: Edges,
  limit: Limit,
  queries: { readonly seen: number; readonly all: number },
): string {
  if (edges.broken > 0 || edges.massOfAll === 0) return "";
  const whose =
    queries.seen < queries.all
      ? `of the ${countText(queries.seen)} queries in view`
      : `of ${plural(queries.all, "query", "queries")}`;
  if (edges.count === edges.candidates)
    return `${plural(edges.count, "link")} ${whose}, ${limit.drawn}.`;
  return (
    `The strongest ${countText(edges.count)} of ${countText(edges.candidates)} links ${whose}, ${limit.drawn}. ` +
    "A token under the pointer shows all of its own."
  );
}

/** "over 99 %" as the beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Layer 5, heads 1 4 10", or "Layer 5, heads" where marks name them. */
export function titleText(
  layer: number,
  heads: readonly number[],
  mean: boolean,
  marked: boolean,
): string {
  if (mean && heads.length > 1)
    return `Layer ${layer}, mean of ${heads.length > 6 ? `${heads.length} heads` : `heads ${heads.join(" ")}`}`;
  const noun = heads.length === 1 ? "head" : "heads";
  if (marked) return `Layer ${layer}, ${noun}`;
  return `Layer ${layer}, ${heads.length > 12 ? `${heads.length} heads` : `${noun} ${heads.join(" ")}`}`;
}
