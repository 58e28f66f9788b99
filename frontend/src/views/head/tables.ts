/**
 * The head view's numbers for export: the weights of the chosen heads, or their mean, as they are
 * drawn.
 */

import type { Table } from "../../export/table";
import { weightTable } from "../../export/weight_table";
import { numberName } from "../../state/arriving";
import { otherWeights } from "../../state/compare";
import { weights } from "../../state/data";
import { keyLabels, queryLabels } from "./rows";
import { changes, series, shape } from "./state";

export function headTables(): readonly Table[] {
  const layer = shape.value?.layer;
  if (layer === undefined || series.value.length === 0) return [];
  const heads = series.value.map(({ head, name, part, data }) => ({
    layer,
    head: part === "weights" ? (head ?? name) : name,
    data,
  }));
  const [queries, keys] = [queryLabels.value, keyLabels.value];
  return [
    weightTable({
      label: `${numberName.value}s of the chosen heads${changes.value === "" ? "" : ` (${changes.value})`}`,
      heads,
      queries: queries.map(({ full }) => full),
      keys: keys.map(({ full }) => full),
      number: numberName.value,
      exact: [weights.value, otherWeights.value].every((each) => each?.exact ?? true),
      positions: {
        queries: queries.map(({ position }) => position),
        keys: keys.map(({ position }) => position),
      },
    }),
  ];
}
