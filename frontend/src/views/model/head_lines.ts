/**
 * One head as lines from its queries at the left to its keys at the right, with their tokens beside
 * them. Numbers in, pixels out.
 */

import { canvasFont } from "../../draw/style";
import { drawLabel, widestLabel } from "../../draw/token_label";
import { countText } from "../../format";
import { type HeadCells, isMasked } from "../../state/head_cells";
import type { RowLabel } from "../../state/row_labels";
import type { Cross } from "../../ui/heatmap/keys";
import { labelEvery } from "./layout";

/** Lines of about the same strength are drawn as one path: opacity comes in so many steps. */
const LEVELS = 24;
/** More lines than these hide each other: the strongest are drawn. */
const MOST_LINES = 4000;
/** What is not pointed at, while something is. */
const FADED = 0.12;
const FONT = { largest: 12, smallest: 9 };
/** Of the width, for the labels of each side. */
const LABEL_SHARE = 0.32;
const GAP = 6;

/** What of a canvas drawing context the lines need. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  "beginPath" | "moveTo" | "lineTo" | "stroke" | "strokeStyle" | "globalAlpha" | "lineWidth"
>;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface LinesScene {
  readonly cells: HeadCells;
  readonly queryLabels: readonly RowLabel[];
  readonly keyLabels: readonly RowLabel[];
  /** Of weights; of differences those that are more, and those that are less. */
  readonly colours: { readonly more: string; readonly less: string };
  readonly inks: { readonly text: string; readonly muted: string };
}

/** Where the lines of a head begin and end. */
export interface LinesLayout {
  readonly box: Box;
  readonly from: number;
  readonly to: number;
  /** Height of the row of a query, and of a key. */
  readonly queryRow: number;
  readonly keyRow: number;
  readonly font: number;
}

/** Places in a box; labels take a third of its width on each side at most. */
export function linesLayout(box: Box, scene: LinesScene): LinesLayout {
  const { cells, queryLabels, keyLabels } = scene;
  const [queryRow, keyRow] = [box.height / cells.queries, box.height / cells.keys];
  const row = Math.min(queryRow, keyRow);
  const font = Math.max(FONT.smallest, Math.min(FONT.largest, Math.floor(row)));
  const room = (labels: readonly RowLabel[], rows: number): number =>
    labels.length === rows
      ? Math.min(LABEL_SHARE * box.width, Math.ceil(widestLabel(labels, canvasFont(font)))) + GAP
      : 0;
  return {
    box,
    from: box.left + room(queryLabels, cells.queries),
    to: box.left + box.width - room(keyLabels, cells.keys),
    queryRow,
    keyRow,
    font,
  };
}

/** Row of the query or the key at a place; the left half of the box is that of the queries. */
export function rowAt(layout: LinesLayout, scene: LinesScene, x: number, y: number): Cross {
  const { box, from, to, queryRow, keyRow } = layout;
  const isQuery = x < (from + to) / 2;
  const [count, height] = isQuery ? [scene.cells.queries, queryRow] : [scene.cells.keys, keyRow];
  const row = Math.max(0, Math.min(count - 1, Math.floor((y - box.top) / height)));
  return isQuery ? { query: row, key: null } : { query: null, key: row };
}

/** Cells by how strongly they are drawn, the faintest first; less and more apart. */
interface Levels {
  /** Cells that are strong enough to be drawn, and how many of them are. */
  readonly strong: number;
  readonly drawn: number;
  readonly more: readonly (readonly number[])[];
  readonly less: readonly (readonly number[])[];
}

const known = new WeakMap<HeadCells, Levels>();

/** The strongest cells of a head by level, those that are not drawn left out. */
export function levelsOfHead(cells: HeadCells, most = MOST_LINES): Levels {
  const before = known.get(cells);
  if (before) return before;
  const [more, less] = [0, 1].map(() => Array.from({ length: LEVELS }, (): number[] => []));
  for (let query = 0; query < cells.queries; query++) {
    const least = cells.least[query] ?? 0;
    for (let key = 0; key < cells.keys; key++) {
      const at = query * cells.keys + key;
      const value = cells.data[at] ?? 0;
      const size = Math.abs(value);
      if (!(size > 0) || size < least || isMasked(cells, query, key)) continue;
      const level = Math.min(LEVELS - 1, Math.floor((size / cells.span) * LEVELS));
      (value < 0 ? less : more)?.[level]?.push(at);
    }
  }
  let [strong, drawn] = [0, 0];
  for (let level = LEVELS - 1; level >= 0; level--) {
    for (const entries of [more?.[level] ?? [], less?.[level] ?? []]) {
      strong += entries.length;
      thin(entries, most - drawn);
      drawn += entries.length;
    }
  }
  const levels = { more: more ?? [], less: less ?? [], strong, drawn };
  known.set(cells, levels);
  return levels;
}

/** Leaves `most` entries at even distances: those of one level are about as strong. */
function thin(entries: number[], most: number): void {
  if (entries.length <= most) return;
  const every = entries.length / most;
  for (let at = 0; at < most; at++) entries[at] = entries[Math.floor(at * every)] ?? 0;
  entries.length = most;
}

/** Says that not all lines are drawn; empty where they are. */
export function leftOutText(cells: HeadCells): string {
  const { strong, drawn } = levelsOfHead(cells);
  if (strong === drawn) return "";
  return `The strongest ${countText(drawn)} of ${countText(strong)} links are drawn.`;
}

/**
 * Lines of a head. `focus`: the query or the key whose lines alone are strong; null: all are.
 * `opacity`: of the whole.
 */
export function drawHeadLines(
  pen: Pen,
  scene: LinesScene,
  layout: LinesLayout,
  focus: Cross | null = null,
  opacity = 1,
): void {
  const { cells, colours } = scene;
  const { box, from, to, queryRow, keyRow } = layout;
  const levels = levelsOfHead(cells);
  const thick = Math.max(0.6, Math.min(4, Math.min(queryRow, keyRow) / 4));
  const isFocused = (at: number): boolean =>
    focus === null || Math.floor(at / cells.keys) === focus.query || at % cells.keys === focus.key;
  const stroke = (entries: readonly number[], alpha: number): void => {
    if (entries.length === 0) return;
    pen.globalAlpha = alpha;
    pen.beginPath();
    for (const at of entries) {
      const query = Math.floor(at / cells.keys);
      pen.moveTo(from, box.top + (query + 0.5) * queryRow);
      pen.lineTo(to, box.top + (at - query * cells.keys + 0.5) * keyRow);
    }
    pen.stroke();
  };
  pen.lineWidth = thick;
  for (const strong of focus === null ? [true] : [false, true]) {
    for (let level = 0; level < LEVELS; level++) {
      for (const side of ["more", "less"] as const) {
        const entries = levels[side][level] ?? [];
        pen.strokeStyle = colours[side];
        const shown = focus === null ? entries : entries.filter((at) => isFocused(at) === strong);
        stroke(shown, ((level + 0.5) / LEVELS) * opacity * (strong ? 1 : FADED));
      }
    }
  }
  pen.globalAlpha = 1;
}

/** The tokens on both sides: every one, or as many as there is room for. */
export function drawTokens(
  context: CanvasRenderingContext2D,
  scene: LinesScene,
  layout: LinesLayout,
): void {
  const { box, from, to, queryRow, keyRow, font } = layout;
  context.font = canvasFont(font);
  const column = (labels: readonly RowLabel[], row: number, align: "left" | "right"): void => {
    const every = labelEvery(row, font + 1);
    const [x, room] =
      align === "right"
        ? [from - GAP, from - GAP - box.left]
        : [to + GAP, box.left + box.width - to - GAP];
    for (let at = 0; at < labels.length; at += every) {
      const label = labels[at];
      const y = box.top + (at + 0.5) * row;
      if (label && room > 0) drawLabel(context, label, { x, y, room, align }, scene.inks);
    }
  };
  if (scene.queryLabels.length === scene.cells.queries)
    column(scene.queryLabels, queryRow, "right");
  if (scene.keyLabels.length === scene.cells.keys) column(scene.keyLabels, keyRow, "left");
}
