/** The numbers of the pair, for export: of every sentence at all steps, and as the table has them. */

import type { Cell, Table } from "../../../export/table";
import { numberName } from "../../../state/arriving";
import { withPlaceAt } from "../../../state/compare";
import { effectOf, numberNow } from "../../../state/effects";
import { nearest } from "../../../state/nearest";
import type { SeriesAt } from "../../../state/pair";
import {
  comparedPair,
  type PlacedSentence,
  pairHeads,
  pairSentences,
} from "../../../state/pair_heads";
import { joinBy } from "../../../state/pair_sentences";
import { step } from "../../../state/selection";

/** `done`: what was done to the weights, behind the labels. */
export function pairTables(done: string): readonly Table[] {
  const sentences = pairSentences.value;
  if (sentences.length === 0) return [];
  return [stepsTable(sentences, done), headsTable(sentences, done)];
}

/** A row for each head of each step of each sentence. */
function stepsTable(sentences: readonly PlacedSentence[], done: string): Table {
  const [both, number] = [comparedPair.value !== null, numberName.value];
  const parts = sentences.map((sentence) => ({ sentence, rows: rowsOf(sentence) }));
  const compared = [
    "with_run",
    "with_tag",
    "with_step",
    "with_query",
    "with_key",
    `with_${number}`,
    "difference",
  ];
  return {
    name: "pair",
    label: `${number} of the pair in all heads and steps${done}`,
    columns: [
      ...["run", "tag", "step", "query", "key", "layer", "head", number],
      ...(both ? compared : []),
    ],
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    exact: true,
    note: "",
    row: (index) => {
      let at = index;
      for (const { sentence, rows } of parts) {
        if (at < rows) return stepRow(sentence, at, both);
        at -= rows;
      }
      return [];
    },
  };
}

function rowsOf({ own }: PlacedSentence): number {
  return own.series.heads.length * own.series.steps.length;
}

function stepRow(sentence: PlacedSentence, at: number, both: boolean): readonly Cell[] {
  const { own, other, place, otherPlace } = sentence;
  const { heads, steps, values } = own.series;
  const [column, index] = [Math.floor(at / heads.length), at % heads.length];
  const [head, ofStep] = [heads[index], steps[column]];
  if (!head || ofStep === undefined) return [];
  const weight = values[index * steps.length + column] ?? Number.NaN;
  const { run, tag, query, key } = place;
  const cells = [run, tag, ofStep, query, key, head.layer, head.head, cell(weight)];
  if (!both) return cells;
  if (!other || !otherPlace) return [...cells, ...new Array<null>(7).fill(null)];
  // B goes along where it is said to be at the same step, or at the one before.
  const wanted = withPlaceAt(ofStep)?.step ?? other.step;
  const withStep = nearest(other.series.steps, wanted);
  const there = weightAt({ series: other.series, step: withStep }, head.layer, head.head);
  const { run: withRun, tag: withTag, query: withQuery, key: withKey } = otherPlace;
  return [
    ...cells,
    ...[withRun, withTag, withStep, withQuery, withKey, cell(there), cell(weight - there)],
  ];
}

function weightAt({ series, step: at }: SeriesAt, layer: number, head: number): number {
  const index = series.heads.findIndex((each) => each.layer === layer && each.head === head);
  const column = series.steps.indexOf(at);
  if (index < 0 || column < 0) return Number.NaN;
  return series.values[index * series.steps.length + column] ?? Number.NaN;
}

/** The heads in the order of the table, at this step. */
function headsTable(sentences: readonly PlacedSentence[], done: string): Table {
  const [both, effects] = [comparedPair.value !== null, numberNow.value];
  const heads = pairHeads.value;
  const several = sentences.length > 1 ? joinBy.value : "";
  const places = sentences.map(({ place }) => `${place.tag} ${place.query} ${place.key}`);
  const effect = effects === null ? [] : [`${effects}_effect`, "effect_measured"];
  return {
    name: "pair_heads",
    label: `heads by the pair at this step${several === "" ? "" : `, ${several} of ${sentences.length} sentences`}${done}`,
    columns: [
      ...["run", "sentences", "step", "joined", "layer", "head", both ? "a" : numberName.value],
      ...(both ? ["b", "difference"] : []),
      ...effect,
    ],
    rows: heads.length,
    exact: true,
    note: "",
    row: (index) => {
      const row = heads[index];
      if (!row) return [];
      const known = effects === null ? null : effectOf(effects, row.layer, row.head);
      const measured = known && !Number.isNaN(known.value);
      return [
        ...[sentences[0]?.place.run ?? "", places.join("; "), step.value, several],
        ...[row.layer, row.head, cell(row.weight)],
        ...(both ? [cell(row.other), cell(row.difference)] : []),
        ...(known ? [cell(known.value), measured ? Number(known.exact) : null] : []),
      ];
    },
  };
}

export function cell(value: number): Cell {
  return Number.isNaN(value) ? null : Number(value.toPrecision(6));
}
