/**
 * The numbers under the overview, for export: all metrics of all heads and steps, the changes, and
 * the weights of the pair.
 */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Cell, Table } from "../../export/table";
import { numberName, showNow } from "../../state/arriving";
import { hiddenText, hides } from "../../state/hidden";
import { askedChange, askedPair, metrics } from "../../state/histories";
import { changeKey, changePlaces } from "../../state/load_histories";
import { metricAt, metricRow } from "../../state/metric_at";
import { pairSeries } from "../../state/pair";
import { key, query, run, stackNow, tag } from "../../state/selection";
import type { Metrics } from "../../types";
import { rankChange } from "./changes";

export function overviewTables(): readonly Table[] {
  return [...(metrics.value ? [metricTable(metrics.value)] : []), ...changeTable(), ...pairTable()];
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

function pairTable(): readonly Table[] {
  const [pair, i, j] = [askedPair.value.value, query.value, key.value];
  if (!pair || i === null || j === null) return [];
  const { heads, steps, values } = pairSeries(pair);
  const [runName, tagName] = [run.value, tag.value];
  return [
    {
      name: "pair",
      label: `${numberName.value} of the pair in all heads and steps${leftText()}`,
      columns: ["run", "tag", "step", "query", "key", "layer", "head", numberName.value],
      rows: steps.length * heads.length,
      exact: true,
      note: "",
      row: (index) => {
        const step = Math.floor(index / heads.length);
        const place = index % heads.length;
        const of = heads[place];
        if (!of) return [];
        return [
          runName,
          tagName,
          steps[step] ?? null,
          i,
          j,
          of.layer,
          of.head,
          cell(values[place * steps.length + step] ?? Number.NaN),
        ];
      },
    },
  ];
}

function cell(value: number): Cell {
  return Number.isNaN(value) ? null : Number(value.toPrecision(6));
}

function leftText(): string {
  const done = [
    ...(showNow.value === "weight" ? [] : ["what arrives"]),
    ...(hides.value ? [`without ${hiddenText()}`] : []),
  ];
  return done.length === 0 ? "" : ` (${done.join(", ")})`;
}
