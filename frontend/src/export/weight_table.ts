/** Weights of heads as rows: one for each pair of a query and a key that has any weight. */

import { PLACE_COLUMNS, placeCells } from "./place";
import { MOST_ROWS, type Table } from "./table";

/** data[query * keys + key]. `head` is a number, or the name of a mean. */
export interface HeadOfTable {
  readonly layer: number;
  readonly head: number | string;
  readonly data: Float32Array;
}

export interface WeightsOfTable {
  readonly label: string;
  readonly heads: readonly HeadOfTable[];
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Positions of the queries and keys in their texts, where these do not count from 0: "4", or "4-6" for a word. */
  readonly positions?: { readonly queries: readonly string[]; readonly keys: readonly string[] };
}

const COLUMNS = [...PLACE_COLUMNS, "layer", "head", "query", "query_token", "key", "key_token", "weight"];

/** Pairs of weight 0 have no row. Of more than `most` weights only the largest get one, and the note says so. */
export function weightTable({ label, heads, queries, keys, positions }: WeightsOfTable, most = MOST_ROWS): Table {
  const place = placeCells();
  const size = queries.length * keys.length;
  const { pairs, all } = heaviest(
    heads.map((each) => each.data),
    size,
    most,
  );
  return {
    name: "weights",
    label,
    columns: COLUMNS,
    rows: pairs.length,
    note:
      pairs.length < all
        ? `The file holds the ${words(pairs.length)} largest of ${words(all)} weights: choose fewer heads for all of them.`
        : "",
    row: (index) => {
      const at = pairs[index] ?? 0;
      const head = heads[Math.floor(at / size)];
      const [query, key] = [Math.floor((at % size) / keys.length), at % keys.length];
      const weight = head?.data[at % size] ?? Number.NaN;
      const [from, to] = [positions?.queries[query] ?? query, positions?.keys[key] ?? key];
      return [...place, head?.layer ?? null, head?.head ?? null, from, queries[query] ?? "", to, keys[key] ?? "", weight];
    },
  };
}

function words(count: number): string {
  return count.toLocaleString("en-US");
}

/** Places (head * size + pair) of the weights that are not 0, ascending; at most `most`, the largest. What is no number counts as largest. */
export function heaviest(
  heads: readonly Float32Array[],
  size: number,
  most: number,
): { readonly pairs: Float64Array; readonly all: number } {
  let all = 0;
  for (const data of heads) for (const weight of data) if (weight !== 0) all++;
  const cut = all > most ? cutoff(heads, all, most) : { weight: 0, equal: 0 };
  const pairs = new Float64Array(Math.min(all, most));
  let { equal } = cut;
  let count = 0;
  heads.forEach((data, head) => {
    for (let at = 0; at < data.length; at++) {
      const weight = data[at] ?? 0;
      const kept = weight !== 0 && (!(weight <= cut.weight) || (weight === cut.weight && equal-- > 0));
      if (kept) pairs[count++] = head * size + at;
    }
  });
  return { pairs, all };
}

/** The smallest weight that still gets a row, and how many of that weight do. */
function cutoff(heads: readonly Float32Array[], all: number, most: number): { weight: number; equal: number } {
  const sorted = new Float32Array(all);
  let count = 0;
  for (const data of heads)
    for (const weight of data) if (weight !== 0) sorted[count++] = Number.isNaN(weight) ? Number.POSITIVE_INFINITY : weight;
  sorted.sort();
  const weight = sorted[all - most] ?? 0;
  let equal = 0;
  for (let at = all - most; sorted[at] === weight; at++) equal++;
  return { weight, equal };
}
