/**
 * The matrices of the head before and after: what they draw, and what pointing at them means. Both
 * have one scale, and what is pointed at in one is marked in the other.
 */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { exactText, shortText } from "../../format";
import {
  otherHeadWeights,
  otherKeySequence,
  otherLayer,
  otherQuerySequence,
  withName,
} from "../../state/compare";
import { headWeights } from "../../state/data";
import { type HeadCells, headCells } from "../../state/head_cells";
import { hiddenOf } from "../../state/hidden";
import { hover } from "../../state/hover";
import { changesText, planOf } from "../../state/plan";
import { type Plan, readHead } from "../../state/reading";
import { keyRowLabels, queryRowLabels } from "../../state/row_labels";
import {
  head,
  key,
  keySequence,
  layer,
  layerNow,
  pinKey,
  pinQuery,
  query,
  querySequence,
  unpin,
} from "../../state/selection";
import { limits } from "../../state/show";
import { displayToken, inWords, spelled, tokenLabel } from "../../state/tokens";
import type { HeadWeights, Sequence } from "../../types";
import type { Cell, Cross } from "../../ui/heatmap/keys";
import { type HeatMapSource, zoomInAddress } from "../../ui/heatmap/state";
import { cellText } from "../../ui/heatmap/words";
import { largestCell } from "./largest";

/** The step that is compared with, or the step on the screen. */
export type Side = "before" | "after";

const LONGEST = 16;

const zoom = zoomInAddress("story_zoom");
/** The cell under the pointer, in either matrix. */
const pointed = signal<Cell | null>(null);

function own(all: readonly HeadWeights[]): HeadWeights | null {
  return all.find((each) => each.layer === layer.value && each.head === head.value) ?? null;
}

const plan = computed<Plan | null>(() => {
  const full = own(headWeights.value);
  if (!full) return null;
  return planOf(full, hiddenOf(layerNow.value, head.value), full.norms);
});

const after = computed<HeadCells | null>(() => {
  const [full, how] = [own(headWeights.value), plan.value];
  if (!full || !how) return null;
  const { data } = readHead(full.data, how);
  return headCells(data, [data], how, layerNow.value, limits.value);
});

const before = computed<HeadCells | null>(() => {
  const [full, how] = [own(otherHeadWeights.value), plan.value];
  const params = otherLayer(layer.value);
  const fits =
    full && how && full.queries === how.queries.row.length && full.keys === how.keys.row.length;
  if (!fits) return null;
  const hidden = hiddenOf(params, head.value);
  const { data } = readHead(full.data, { ...how, hidden, norms: full.norms });
  return headCells(data, [data], how, params, limits.value);
});

/** The cells of a matrix; null until they are there, or where there are none. */
export function cellsOf(side: Side): ReadonlySignal<HeadCells | null> {
  return side === "after" ? after : before;
}

/** What was done to the weights; empty where they are the model's own. */
export const changes = computed(() => (plan.value ? changesText(plan.value) : ""));

/** The largest weight of a matrix, with its tokens: "largest 0.94, “15” → “25”"; empty without one. */
export function largestText(side: Side): string {
  const cells = cellsOf(side).value;
  const at = cells && largestCell(cells, layerNow.value);
  if (!cells || !at) return "";
  const value = shortText(cells.data[at.query * cells.keys + at.key] ?? Number.NaN);
  return `largest ${value}, ${tokenOf("query", at.query)} → ${tokenOf("key", at.key)}`;
}

/** The weight of the pinned pair, as "“15” → “25” 0.9412"; empty where no pair is pinned. */
export function pinnedText(side: Side): string {
  const cells = cellsOf(side).value;
  const { query: i, key: j } = pinnedCell.value;
  if (!cells || i === null || j === null) return "";
  return `${tokenOf("query", i)} → ${tokenOf("key", j)} ${cellText(cells, i, j)}`;
}

/** A row or column in words: its token or word, or the positions of a block. */
function tokenOf(side: "query" | "key", at: number): string {
  const [how, sequence] = [plan.value, side === "query" ? querySequence.value : keySequence.value];
  if (!how || !sequence) return `#${at}`;
  const axis = side === "query" ? how.queries : how.keys;
  const [from, to] = [axis.first[at] ?? at, axis.last[at] ?? at];
  if (how.block > 1) return `${from} to ${to}`;
  if (from !== to) return displayToken(spelled(sequence, from, to), LONGEST).label;
  const other = (side === "query" ? otherQuerySequence : otherKeySequence).value;
  const name = (of: Sequence): string => inWords(tokenLabel(of, from, LONGEST).label);
  return other === null || name(other) === name(sequence)
    ? name(sequence)
    : `${name(other)} / ${name(sequence)}`;
}

const pinnedCell = computed(() => ({
  query: rowOf(plan.value?.queries.row, query.value),
  key: rowOf(plan.value?.keys.row, key.value),
}));

function rowOf(rows: Int32Array | undefined, token: number | null): number | null {
  const row = token === null ? undefined : rows?.[token];
  return row === undefined || row < 0 ? null : row;
}

/** The first tokens of a cell. */
function tokensOf({ query: i, key: j }: Cell): Cell {
  const how = plan.peek();
  return { query: how?.queries.first[i] ?? i, key: how?.keys.first[j] ?? j };
}

/** What is pointed at here, or in the text above. */
const marked = computed<Cross | null>(() => {
  const at = hover.value;
  if (pointed.value) return pointed.value;
  if (at === null || (at.query === null && at.key === null)) return null;
  return {
    query: rowOf(plan.value?.queries.row, at.query),
    key: rowOf(plan.value?.keys.row, at.key),
  };
});

const queryLabels = computed(() => (plan.value ? queryRowLabels(plan.value) : []));
const keyLabels = computed(() => (plan.value ? keyRowLabels(plan.value) : []));

function point(cell: Cell | null): void {
  const known = pointed.peek();
  if (cell?.query === known?.query && cell?.key === known?.key) return;
  pointed.value = cell;
  const [now, other] = [after.peek(), before.peek()];
  if (cell === null || now === null) {
    hover.value = null;
    return;
  }
  const at = cell.query * now.keys + cell.key;
  const beside =
    other === null
      ? {}
      : { text: `${withName.peek()}: ${exactText(other.data[at] ?? Number.NaN)}` };
  hover.value = {
    layer: layer.peek(),
    head: head.peek(),
    ...tokensOf(cell),
    weight: now.data[at] ?? Number.NaN,
    changed: changes.peek() !== "",
    ...beside,
  };
}

function press(cell: Cell | null): void {
  if (cell === null) {
    unpin();
    return;
  }
  const wanted = tokensOf(cell);
  const again = query.peek() === wanted.query && key.peek() === wanted.key;
  batch(() => {
    pinQuery(again ? null : wanted.query);
    pinKey(again ? null : wanted.key);
  });
}

export function sourceOf(side: Side, open: () => void): HeatMapSource {
  const cells = cellsOf(side);
  const heads = computed(() => (cells.value ? [{ name: "", colour: "", cells: cells.value }] : []));
  return {
    shape: () => cells.value,
    heads: () => heads.value,
    queryLabels: () => queryLabels.value,
    keyLabels: () => keyLabels.value,
    titled: false,
    number: () => "",
    pointed: () => marked.value && { ...marked.value, map: 0 },
    pinned: () => pinnedCell.value,
    start: () => pinnedCell.value,
    room: null,
    zoom,
    point,
    press,
    pressTwice: open,
  };
}
