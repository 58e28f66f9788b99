/** The picture in words: for screen readers, and the figures for the notes under the drawings. */

import { exactText, percentText } from "../../format";
import { showNow } from "../../state/arriving";
import { leastChangeText, leastText } from "../../state/least";
import { mass, smallest } from "../../state/show";
import { capital, type Limit } from "./notes";
import { keyLine, queryLine, type Ranking, rankLinks } from "./ranking";
import { labelOf, positionOf, type Side } from "./rows";
import { arrivesAt, differs, leastOf, series, shape } from "./state";

const NAMED = 3;

/** "8 She attends to nurse, head 4 0.7134; ..." or, for a key, what attends to it. */
export function tokenSentence(side: Side, row: number): string {
  const ranking = rankingOf(side, row, null);
  const other = side === "query" ? "key" : "query";
  const parts = ranking.links.slice(0, NAMED).map(({ index, weights }) => {
    const numbers = weights.map(
      (weight, place) => `${series.value[place]?.name} ${exactText(weight)}`,
    );
    return `${labelOf(other, index)}, ${numbers.slice(0, NAMED).join(", ")}`;
  });
  const verb = side === "query" ? "attends to" : "is attended to by";
  const linked = parts.length > 0 ? parts.join("; ") : `nothing above ${leastNow()}`;
  return `${positionOf(side, row)} ${labelOf(side, row)} ${verb} ${linked}`;
}

/** "8 She attends to 4 nurse: head 4 0.7134, head 5 0.0210" */
export function pairSentence(query: number, key: number): string {
  const keys = shape.value?.keys ?? 0;
  const numbers = series.value.map(
    ({ name, data }) => `${name} ${exactText(data[query * keys + key] ?? 0)}`,
  );
  const [from, to] = [
    `${positionOf("query", query)} ${labelOf("query", query)}`,
    `${positionOf("key", key)} ${labelOf("key", key)}`,
  ];
  return `${from} attends to ${to}: ${numbers.join(", ")}`;
}

/** "weight 0.9312, length 0.0441" of a share of what arrives; empty where weights are shown. */
export function madeOfText(head: number | null, query: number, key: number): string {
  const made = arrivesAt(head, query, key);
  return made === null ? "" : `weight ${exactText(made.weight)}, length ${exactText(made.length)}`;
}

/** What the row of a column is linked to. */
export function rankingOf(side: Side, row: number, by: number | null): Ranking {
  const { queries, keys } = shape.value ?? { queries: 0, keys: 0 };
  const line = side === "query" ? queryLine(row, keys) : keyLine(row, queries, keys);
  const least = (place: number, index: number): number =>
    leastOf(place, side === "query" ? row : index);
  return rankLinks(
    series.value.map((each) => each.data),
    line,
    least,
    by,
  );
}

function leastNow(): string {
  return (differs.value ? leastChangeText : leastText)(smallest.value);
}

/** Which links are drawn. */
export function limitNow(): Limit {
  const [share, least] = [mass.value, smallest.value];
  if (share >= 1)
    return {
      drawn: least === 0 ? "above 0" : `of ${leastNow()} and more`,
      left: `below ${leastNow()}`,
    };
  const both = least === 0 ? "" : ` and are ${leastNow()} or more`;
  return {
    drawn: `that make ${percentText(share)} of each query${both}`,
    left: `beyond ${percentText(share)} of their query`,
  };
}

/**
 * How much of the weight of queries [from, to) goes to tokens that are hidden or filtered out;
 * empty where none does.
 */
export function leftText(from: number, to: number): string {
  let [sum, count] = [0, 0];
  for (const { left } of series.value) {
    for (let row = from; left !== null && row < to; row++) {
      sum += left[row] ?? 0;
      count++;
    }
  }
  if (!(sum > 0)) return "";
  // Rows of float16 sum to 1 within a thousandth.
  const share = sum / count > 0.999 ? "All" : capital(percentText(sum / count));
  return showNow.value === "weight"
    ? `${share} of the weight goes to tokens that are left out.`
    : `${share} of what arrives comes from tokens that are left out.`;
}
