/** The head view's numbers for export: the weights of the chosen heads, or their mean, as they are drawn. */

import type { Table } from "../../export/table";
import { weightTable } from "../../export/weight_table";
import { weights } from "../../state/data";
import { keyLabels, queryLabels, series } from "./series";

export function headTables(): readonly Table[] {
  const layer = weights.value?.layer;
  if (layer === undefined || series.value.length === 0) return [];
  const heads = series.value.map(({ head, name, data }) => ({ layer, head: head ?? name, data }));
  const [queries, keys] = [queryLabels, keyLabels].map((each) => each.value.map(({ full }) => full));
  return [weightTable({ label: "weights of the chosen heads", heads, queries: queries ?? [], keys: keys ?? [] })];
}
