/**
 * The numbers under the overview, for export: all metrics of all heads and steps, the changes, and
 * the weights of the pair.
 */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Table } from "../../export/table";
import { showNow } from "../../state/arriving";
import { hiddenText, hides } from "../../state/hidden";
import { askedChange, metrics } from "../../state/histories";
import { changeKey, changePlaces } from "../../state/load_histories";
import { metricAt, metricRow } from "../../state/metric_at";
import { run, stackNow, tag } from "../../state/selection";
import type { Metrics } from "../../types";
import { rankChange } from "./changes";
import { cell, pairTables } from "./pair/tables";

export function overviewTables(): readonly Table[] {
  return [
    ...(metrics.value ? [metricTable(metrics.value)] : []),
    ...changeTable(),
    ...pairTables(leftText()),
  ];
}

/** One row for each head of each step; a metric that is not defined is an empty cell. */
function metricTable(known: Metrics): Table {
  const layers = stackNow.value?.layers ?? [];
  const heads = layers.flatMap(({ layer, heads: count }) => {
    const row = metricRow(known, stackNow.value?.name, layer);
    return row < 0 ? [] : Array.from({ length: count }, (_, head) => ({ row, layer, head }));
  });
  const [runName, tagName] = [run.value, tag.value];
  return {
    name: "metrics",
    label: "metrics of all heads and steps",
    columns: ["run", "tag", "step", "layer", "head", ...known.names],
    rows: known.steps.length * heads.length,
    exact: true,
    note: "",
    row: (index) => {
      const step = Math.floor(index / heads.length);
      const of = heads[index % heads.length];
      if (!of) return [];
      const values = known.names.map((_, name) =>
        cell(metricAt(known, step, of.row, of.head, name)),
      );
      return [runName, tagName, known.steps[step] ?? null, of.layer, of.head, ...values];
    },
  };
}

function changeTable(): readonly Table[] {
  const [change, places, stack] = [askedChange.value, changePlaces.value, stackNow.value];
  if (!change.value || !places || !stack || change.of !== changeKey.value) return [];
  const ranked = rankChange(change.value, stack.name);
  const [place, other] = [placeCells(), places[1]];
  return [
    {
      name: "change",
      label: `change of every head${leftText()}`,
      columns: [...PLACE_COLUMNS, "with_run", "with_tag", "with_step", "layer", "head", "distance"],
      rows: ranked.length,
      exact: true,
      note: "",
      row: (index) => {
        const of = ranked[index];
        return of
          ? [...place, other.run, other.tag, other.step, of.layer, of.head, cell(of.distance)]
          : [];
      },
    },
  ];
}

function leftText(): string {
  const done = [
    ...(showNow.value === "weight" ? [] : ["what arrives"]),
    ...(hides.value ? [`without ${hiddenText()}`] : []),
  ];
  return done.length === 0 ? "" : ` (${done.join(", ")})`;
}
