/** The picture in words: for screen readers, for the notes under the drawings, and for the title of the view. */

import type { Edges } from "../../draw/lines";
import { weights } from "../../state/data";
import { smallest } from "../../state/show";
import { countText, percentText, weightText } from "./labels";
import { keyLine, queryLine, type Ranking, rankLinks } from "./ranking";
import { keyLabels, queryLabels, series } from "./series";

const NAMED = 3;

/** "She attends to nurse, head 4 0.7134; ..." or, for a key, what attends to it. */
export function tokenSentence(side: "query" | "key", row: number): string {
  const ranking = rankingOf(side, row, null);
  const mine = (side === "query" ? queryLabels : keyLabels).value[row]?.label ?? "";
  const others = side === "query" ? keyLabels.value : queryLabels.value;
  const parts = ranking.links.slice(0, NAMED).map(({ index, weights: all }) => {
    const numbers = all.map((weight, place) => `${series.value[place]?.name} ${weightText(weight)}`);
    return `${others[index]?.label ?? index}, ${numbers.slice(0, NAMED).join(", ")}`;
  });
  const verb = side === "query" ? "attends to" : "is attended to by";
  return `${row} ${mine} ${verb} ${parts.length > 0 ? parts.join("; ") : `nothing above ${smallest.value}`}`;
}

/** "She attends to nurse: head 4 0.7134, head 5 0.0210" */
export function pairSentence(query: number, key: number): string {
  const keys = weights.value?.keys ?? 0;
  const numbers = series.value.map(({ name, data }) => `${name} ${weightText(data[query * keys + key] ?? 0)}`);
  return `${query} ${queryLabels.value[query]?.label} attends to ${key} ${keyLabels.value[key]?.label}: ${numbers.join(", ")}`;
}

/** What the token of a column is linked to. */
export function rankingOf(side: "query" | "key", row: number, by: number | null): Ranking {
  const now = weights.value;
  const line = side === "query" ? queryLine(row, now?.keys ?? 0) : keyLine(row, now?.queries ?? 0, now?.keys ?? 0);
  return rankLinks(
    series.value.map((each) => each.data),
    line,
    smallest.value,
    by,
  );
}

/** "6 of 9 keys, 97 % of the weight. 3 below 0.02 are not drawn." */
export function rankingText(ranking: Ranking, side: "query" | "key", least: number): string {
  const { links, below, mass, drawn } = ranking;
  const total = links.length + below;
  const other = total === 1 ? (side === "query" ? "key" : "query") : side === "query" ? "keys" : "queries";
  if (ranking.broken > 0) return `${countText(ranking.broken)} weights are not numbers (NaN).`;
  if (total === 0) return side === "query" ? "All weights are 0." : "No query attends to this key.";
  const first = `${countText(links.length)} of ${countText(total)} ${other}, ${percentText(mass > 0 ? drawn / mass : 0)} of the weight.`;
  return below === 0 ? first : `${first} ${countText(below)} below ${least} ${below === 1 ? "is" : "are"} not drawn.`;
}

/** How much of the picture is drawn, and why the rest is not. `queries`: how many can be seen, of how many. */
export function pictureText(edges: Edges, least: number, queries: { readonly seen: number; readonly all: number }): string {
  if (edges.broken > 0) return `${countText(edges.broken)} weights are not numbers (NaN) and cannot be drawn.`;
  const share = edges.massOfAll > 0 ? edges.mass / edges.massOfAll : 0;
  const whose =
    queries.seen < queries.all ? `the ${countText(queries.seen)} queries in view` : `${countText(queries.all)} queries`;
  const drawn = `${percentText(share)} of the weight of ${whose} is drawn`;
  if (edges.count === edges.candidates) return `${drawn}: ${countText(edges.count)} links of ${least} and more.`;
  return (
    `${drawn}: the strongest ${countText(edges.count)} of ${countText(edges.candidates)} links of ${least} and more. ` +
    "A token under the pointer shows all of its own."
  );
}

/** "Layer 5, heads 1 4 10", or "Layer 5, heads" where marks name them. */
export function titleText(layer: number, heads: readonly number[], mean: boolean, marked: boolean): string {
  if (mean && heads.length > 1)
    return `Layer ${layer}, mean of heads ${heads.length > 12 ? `(${heads.length})` : heads.join(" ")}`;
  const noun = heads.length === 1 ? "head" : "heads";
  if (marked) return `Layer ${layer}, ${noun}`;
  return `Layer ${layer}, ${heads.length > 12 ? `${heads.length} heads` : `${noun} ${heads.join(" ")}`}`;
}
