/** The model view's numbers for export: the thumbnails of all heads, and the exact weights of those that are enlarged. */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Table } from "../../export/table";
import { weightTable } from "../../export/weight_table";
import { thumbnails } from "../../state/data";
import { keySequence, querySequence } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Thumbnails } from "../../types";
import { binRange, thumbnailOf } from "./bins";
import { beside, headsOf, weightsOf } from "./state";

export function modelTables(): readonly Table[] {
  const now = thumbnails.value;
  return now ? [thumbnailTable(now), ...enlargedTable()] : [];
}

const COLUMNS = [
  ...PLACE_COLUMNS,
  "layer",
  "head",
  "first_query",
  "last_query",
  "first_key",
  "last_key",
  "mean_weight",
];

/** One row for each cell of each thumbnail: the mean over its queries of the weight on its keys, as exact as 8 bits are. */
function thumbnailTable(now: Thumbnails): Table {
  const place = placeCells();
  const [queries, keys] = [texts("query").length || now.rows, texts("key").length || now.columns];
  const cells = now.rows * now.columns;
  const heads = now.layers.flatMap((layer, row) =>
    Array.from({ length: Math.min(now.heads, headsOf(row)) }, (_, head) => ({ layer, row, head })),
  );
  return {
    name: "thumbnails",
    label: "thumbnails of all heads",
    columns: COLUMNS,
    rows: heads.length * cells,
    note: "",
    row: (index) => {
      const of = heads[Math.floor(index / cells)];
      if (!of) return [];
      const cell = index % cells;
      const query = binRange(Math.floor(cell / now.columns), now.rows, Math.max(now.rows, queries));
      const key = binRange(cell % now.columns, now.columns, Math.max(now.columns, keys));
      const mass = ((thumbnailOf(now, of.row, of.head)[cell] ?? 0) / 255) ** 2;
      return [
        ...place,
        of.layer,
        of.head,
        query.first,
        query.last,
        key.first,
        key.last,
        Number(mass.toFixed(6)),
      ];
    },
  };
}

function enlargedTable(): readonly Table[] {
  const known = beside.value.flatMap((address) => weightsOf(address) ?? []);
  if (known.length === 0) return [];
  return [
    weightTable({
      label: "weights of the enlarged heads",
      heads: known,
      queries: texts("query"),
      keys: texts("key"),
    }),
  ];
}

function texts(side: "query" | "key"): readonly string[] {
  const sequence = (side === "query" ? querySequence : keySequence).value;
  return sequence?.tokens.map((token) => displayToken(token).full) ?? [];
}
