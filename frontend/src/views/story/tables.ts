/** The numbers under a story, for export: the curves of its chart, the weights of its matrices, and all stories. */

import { PLACE_COLUMNS, placeCells } from "../../export/place";
import type { Cell, Table } from "../../export/table";
import { numberName } from "../../state/arriving";
import { withPlace } from "../../state/compare";
import { headWeights } from "../../state/data";
import { head, layer, run, steps, tag } from "../../state/selection";
import { stories } from "../../state/stories";
import { measure } from "./curves/measure";
import { drawnCurves, headLines } from "./curves/state";
import { cellsOf, type Side } from "./maps";

export function storyTables(): readonly Table[] {
  return [curveTable(), ...weightTable("after"), ...weightTable("before"), storyTable()];
}

/** One row for each step that any line has; a line without a value there is an empty cell. */
function curveTable(): Table {
  const heads = headLines.value.map(({ name, places, values }) => ({
    name: `${measure.value?.column ?? ""} ${name}`,
    at: new Map(Array.from(places, (place, at) => [place, values[at] ?? Number.NaN] as const)),
  }));
  const others = drawnCurves.value.map(({ name, steps: at, values }) => ({
    name,
    at: new Map(at.map((place, index) => [place, values[index] ?? Number.NaN] as const)),
  }));
  const lines = [...heads, ...others];
  const every = [...new Set([...steps.value, ...lines.flatMap(({ at }) => [...at.keys()])])].sort(
    (a, b) => a - b,
  );
  const [runName, tagName] = [run.value, tag.value];
  return {
    name: "curves",
    label: "the head and the run over the steps",
    columns: ["run", "tag", "step", ...lines.map(({ name }) => name)],
    rows: every.length,
    exact: true,
    note: "",
    row: (index) => {
      const at = every[index] ?? Number.NaN;
      return [runName, tagName, at, ...lines.map((line) => cell(line.at.get(at)))];
    },
  };
}

function weightTable(side: Side): readonly Table[] {
  const cells = cellsOf(side).value;
  if (!cells) return [];
  const other = withPlace.value;
  const place = placeCells();
  const where: readonly Cell[] =
    side === "before" && other ? [other.run, other.tag, other.step] : place.slice(0, 3);
  const [ofLayer, ofHead] = [layer.value, head.value];
  return [
    {
      name: `weights-${side}`,
      of: [`layer-${ofLayer}`, `head-${ofHead}`],
      label: `${numberName.value}s of the head ${side}`,
      columns: [...PLACE_COLUMNS.slice(0, 3), "layer", "head", "query", "key", numberName.value],
      rows: cells.queries * cells.keys,
      exact: headWeights.value[0]?.exact ?? true,
      note: "",
      row: (index) => [
        ...where,
        ofLayer,
        ofHead,
        Math.floor(index / cells.keys),
        index % cells.keys,
        cell(cells.data[index]),
      ],
    },
  ];
}

function storyTable(): Table {
  const all = stories.value;
  return {
    name: "stories",
    of: [],
    label: "all stories",
    columns: ["run", "tag", "before", "after", "layer", "head", "metric", "headline", "detail"],
    rows: all.length,
    exact: true,
    note: "",
    row: (index) => {
      const told = all[index];
      return told
        ? [
            ...[told.run, told.tag, told.before, told.after],
            ...[told.head?.[0] ?? null, told.head?.[1] ?? null, told.metric],
            ...[told.headline, told.detail],
          ]
        : [];
    },
  };
}

function cell(value: number | undefined): Cell {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(6));
}
