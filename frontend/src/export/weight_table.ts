/** Weights of heads as rows: one for each pair of a query and a key that has any weight. */

import { countText } from "../format";
import { headsText } from "./file_name";
import { type Heaviest, heaviest } from "./heaviest";
import { PLACE_COLUMNS, placeCells } from "./place";
import { MOST_ROWS, type Table } from "./table";

/** data[query * keys + key]. `head` is a number, or the name of a mean. */
export interface HeadOfTable {
  readonly layer: number;
  readonly head: number | string;
  readonly data: Float32Array;
}

export interface WeightsOfTable {
  /** Of the file; "weights" by default. */
  readonly name?: string;
  readonly label: string;
  readonly heads: readonly HeadOfTable[];
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** What the numbers are called: "weight" where nothing else is said. */
  readonly number?: string;
  /** The weights came as float32. */
  readonly exact: boolean;
  /**
   * Positions of the queries and keys in their texts, where these do not count from 0: "4", or
   * "4-6" for a word.
   */
  readonly positions?: { readonly queries: readonly string[]; readonly keys: readonly string[] };
}

const COLUMNS = [...PLACE_COLUMNS, "layer", "head", "query", "query_token", "key", "key_token"];

/**
 * Pairs of weight 0 have no row. Of more than `most` weights only the largest get one, and the note
 * says so.
 */
export function weightTable(
  {
    name = "weights",
    label,
    heads,
    queries,
    keys,
    number = "weight",
    exact,
    positions,
  }: WeightsOfTable,
  most = MOST_ROWS,
): Table {
  const place = placeCells();
  const size = queries.length * keys.length;
  let known: Heaviest | null = null;
  // Not before somebody exports: a menu that opens must not look at millions of weights.
  const found = (): Heaviest => {
    known ??= heaviest(
      heads.map((each) => each.data),
      size,
      most,
    );
    return known;
  };
  return {
    name,
    label,
    of: layersText(heads),
    columns: [...COLUMNS, number],
    exact,
    get rows() {
      return found().pairs.length;
    },
    get note() {
      const { pairs, all } = found();
      const left = `The file holds the ${countText(pairs.length)} largest of ${countText(all)} ${number}s: choose fewer heads for all of them.`;
      return pairs.length < all ? left : "";
    },
    row: (index) => {
      const at = found().pairs[index] ?? 0;
      const head = heads[Math.floor(at / size)];
      const [query, key] = [Math.floor((at % size) / keys.length), at % keys.length];
      const weight = head?.data[at % size] ?? Number.NaN;
      const [from, to] = [positions?.queries[query] ?? query, positions?.keys[key] ?? key];
      return [
        ...place,
        head?.layer ?? null,
        head?.head ?? null,
        from,
        queries[query] ?? "",
        to,
        keys[key] ?? "",
        weight,
      ];
    },
  };
}

/** ["layer-2", "heads-0+3", "layer-5", "head-1"] */
function layersText(heads: readonly HeadOfTable[]): readonly string[] {
  const layers = [...new Set(heads.map((each) => each.layer))];
  return layers.flatMap((layer) => [
    `layer-${layer}`,
    headsText(heads.filter((each) => each.layer === layer).map((each) => each.head)),
  ]);
}
