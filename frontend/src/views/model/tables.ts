/**
 * The model view's numbers for export: the thumbnails of all heads, and the exact weights of those
 * that are enlarged.
 */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Table } from "../../export/table";
import { weightTable } from "../../export/weight_table";
import { numberName, showNow } from "../../state/arriving";
import { thumbnails } from "../../state/data";
import { askedRollouts, modelDrawing } from "../../state/model_drawing";
import { changesText } from "../../state/plan";
import { keyRowLabels, queryRowLabels } from "../../state/row_labels";
import { keySequence, querySequence } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Thumbnails } from "../../types";
import { binRange, thumbnailOf } from "./bins";
import { readingOf } from "./enlarged/reading";
import { rolloutChanges, rolloutData, rolloutPlan } from "./rollout/source";
import { beside, headsOf, weightsOf } from "./state";

export function modelTables(): readonly Table[] {
  const now = thumbnails.value;
  const drawn =
    modelDrawing.value === "rollout" ? rolloutTable() : now ? [thumbnailTable(now)] : [];
  return now ? [...drawn, ...enlargedTable()] : [];
}

const COLUMNS = [
  ...PLACE_COLUMNS,
  "layer",
  "head",
  "first_query",
  "last_query",
  "first_key",
  "last_key",
];

/**
 * One row for each cell of each thumbnail: the mean over its queries of the weight on its keys, as
 * exact as 8 bits are.
 */
function thumbnailTable(now: Thumbnails): Table {
  const place = placeCells();
  const [queries, keys] = [texts("query").length || now.rows, texts("key").length || now.columns];
  const cells = now.rows * now.columns;
  const heads = now.layers.flatMap((layer, row) =>
    Array.from({ length: Math.min(now.heads, headsOf(row)) }, (_, head) => ({ layer, row, head })),
  );
  return {
    name: "thumbnails",
    label: `thumbnails of all heads${showNow.value === "weight" ? "" : " (what arrives)"}`,
    columns: [...COLUMNS, `mean_${numberName.value}`],
    rows: heads.length * cells,
    exact: true,
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
  const known = beside.value.flatMap((address) => {
    const reading = readingOf(address);
    return reading
      ? [{ ...address, data: reading.own, reading, exact: weightsOf(address)?.exact ?? true }]
      : [];
  });
  const first = known[0];
  if (!first) return [];
  const { plan } = first.reading;
  const [queries, keys] = [queryRowLabels(plan), keyRowLabels(plan)];
  const changed = changesText(plan);
  const changes = changed === "" ? "" : ` (${changed})`;
  return [
    weightTable({
      label: `${numberName.value}s of the enlarged heads${changes}`,
      number: numberName.value,
      heads: known,
      queries: queries.map(({ full }) => full),
      keys: keys.map(({ full }) => full),
      exact: known.every((each) => each.exact),
      positions: {
        queries: queries.map(({ position }) => position),
        keys: keys.map(({ position }) => position),
      },
    }),
  ];
}

function rolloutTable(): readonly Table[] {
  const [plan, own] = [rolloutPlan.value, askedRollouts.value.value?.own];
  const [data, other] = rolloutData.value;
  if (!plan || !own || !data) return [];
  const [queries, keys] = [queryRowLabels(plan), keyRowLabels(plan)];
  const changes = rolloutChanges.value === "" ? "" : ` (${rolloutChanges.value})`;
  return [
    weightTable({
      name: "rollout",
      exact: true,
      label: `attention rollout through layer ${own.layer}${changes}`,
      heads: [
        { layer: own.layer, head: "rollout", data },
        ...(other ? [{ layer: own.layer, head: "rollout of B", data: other }] : []),
      ],
      queries: queries.map(({ full }) => full),
      keys: keys.map(({ full }) => full),
      positions: {
        queries: queries.map(({ position }) => position),
        keys: keys.map(({ position }) => position),
      },
    }),
  ];
}

function texts(side: "query" | "key"): readonly string[] {
  const sequence = (side === "query" ? querySequence : keySequence).value;
  return sequence?.tokens.map((token) => displayToken(token).full) ?? [];
}
