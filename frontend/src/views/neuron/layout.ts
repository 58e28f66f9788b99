/** Where the neuron view's columns and rows stand, in CSS pixels; and what stands under a point. */

import { cellAt, stripWidth } from "../../draw/strips";
import type { QueryStrips } from "../../state/neuron";

export interface Span {
  readonly left: number;
  readonly width: number;
}

export interface StripLayout {
  /** Width that the columns need: may be more than the view has, which then scrolls sideways. */
  readonly width: number;
  /** Height of the part above the rows, which does not scroll. */
  readonly header: number;
  readonly rowHeight: number;
  /** Of one lane: a row has two where two captures stand side by side. */
  readonly stripHeight: number;
  readonly lanes: 1 | 2;
  /** Top of the line for the sink, in the header; null where there is none. */
  readonly sink: number | null;
  readonly rows: number;
  readonly cells: number;
  readonly label: Span;
  /** Strip of the query that a row's token is itself; null where there is no room for it. */
  readonly queries: Span | null;
  /** Strip of the key; the query's strip stands above it. */
  readonly key: Span;
  readonly product: Span;
  /** A number and its bar below it; null where there are no scores. */
  readonly score: Span | null;
  /** A number over its bar. */
  readonly weight: Span;
  /**
   * Left end of score and weight. Where the strips are wider than the view these stay at its right
   * edge, `overhang` to the left.
   */
  readonly numbers: number;
  readonly overhang: number;
}

/**
 * What is under the pointer. row: of `hitAt` the place of a row, elsewhere its key; null in the
 * header. place: position in the strip, after sorting.
 */
export interface Hit {
  readonly part: "label" | "query" | "queries" | "key" | "product" | "score" | "weight" | "row";
  readonly row: number | null;
  readonly place: number | null;
}

/** Middles of the headings of the columns, and top of the query's strip below them. */
export const HEADING_TOP = 8;
export const QUERY_TOP = 46;
export const QUERY_HEIGHT = 22;
const HEADER = QUERY_TOP + QUERY_HEIGHT + 16;

/** Two lanes have room between the bar of one and the number of the other. */
const ROW_LEAST = { 1: 22, 2: 44 };
const ROW_MOST = { 1: 32, 2: 54 };
/** On a screen that is higher than so many CSS pixels rows grow with it, and up to so much. */
const GROWS = { from: 760, most: 1.5 };
export const SINK_HEIGHT = 22;
const STRIP_MOST = 800;
/** The queries of all tokens have strips from so many CSS pixels on, in all and for a neuron. */
const QUERIES_FROM = { strip: 240, neuron: 4 };
/** Where they are wanted anyway, a neuron has at least so many, and the view scrolls sideways. */
const WANTED_LEAST = 2;
const GAP = 18;
/** A number with its bar behind or below it, so that the strips have the width. */
const SCORE = 56;
const WEIGHT = 64;
const WEIGHT_ALONE = 320;
const EDGE = 6;

export interface Room {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly label: number;
  readonly rows: number;
  readonly cells: number;
  readonly scores: boolean;
  /** The tokens of the rows are queries as well. */
  readonly queries: boolean;
  readonly queryStrips: QueryStrips;
  readonly lanes: 1 | 2;
  readonly sink: boolean;
}

export function stripLayout(room: Room): StripLayout {
  const scores = room.scores ? GAP + SCORE : 0;
  const fixed = EDGE + room.label + scores + GAP + WEIGHT + EDGE;
  const forStrips = room.width - fixed - 10 + GAP;
  const three = hasQueries(room, forStrips / 3 - GAP);
  const least = three && room.queryStrips === "all" ? WANTED_LEAST * room.cells : 0;
  const each = Math.max(least, forStrips / (three ? 3 : 2) - GAP);
  const free = room.cells === 0 ? 0 : Math.min(STRIP_MOST, each);
  const strip = stripWidth(room.cells, free, room.ratio);
  const first = { left: EDGE + room.label + 10, width: strip };
  const key = { left: first.left + (three ? strip + GAP : 0), width: strip };
  const product = { left: key.left + strip + GAP, width: strip };
  const header = HEADER + (room.sink ? SINK_HEIGHT : 0);
  const end = room.cells === 0 ? EDGE + room.label : product.left + strip;
  const score = room.scores ? { left: end + GAP, width: SCORE } : null;
  const weight = {
    left: end + scores + GAP,
    width: room.cells === 0 ? WEIGHT_ALONE : WEIGHT,
  };
  const { lanes } = room;
  const wanted = Math.floor((room.height - header - EDGE) / Math.max(1, room.rows));
  const growth = Math.max(1, Math.min(GROWS.most, room.height / GROWS.from));
  const rowMost = Math.floor(ROW_MOST[lanes] * growth);
  const rowHeight = Math.min(rowMost, Math.max(ROW_LEAST[lanes], wanted));
  const width = weight.left + weight.width + EDGE;
  return {
    width,
    numbers: (score ?? weight).left - GAP / 2,
    overhang: Math.max(0, width - room.width),
    header,
    rowHeight,
    stripHeight: (rowHeight - 6) / lanes,
    lanes,
    sink: room.sink ? HEADER - 4 : null,
    rows: room.rows,
    cells: room.cells,
    label: { left: EDGE, width: room.label },
    queries: three ? first : null,
    key,
    product,
    score,
    weight,
  };
}

/** Whether each token can have the strip of its query. */
export function canHaveQueries({ queries, lanes, cells }: Room): boolean {
  return queries && lanes === 1 && cells > 0;
}

/** Whether each token has one, as chosen, or where there is room beside the others, each so wide. */
function hasQueries(room: Room, each: number): boolean {
  if (!canHaveQueries(room) || room.queryStrips === "one") return false;
  const least = Math.max(QUERIES_FROM.strip, QUERIES_FROM.neuron * room.cells);
  return room.queryStrips === "all" || each >= least;
}

/** Height of everything, header and all rows. */
export function fullHeight(layout: StripLayout): number {
  return layout.header + layout.rows * layout.rowHeight + EDGE;
}

/** First visible row and one past the last. */
export function visibleRows(
  layout: StripLayout,
  scrolled: number,
  height: number,
): [number, number] {
  const first = Math.max(0, Math.floor(scrolled / layout.rowHeight));
  const last = Math.ceil((scrolled + Math.max(0, height - layout.header)) / layout.rowHeight);
  return [Math.min(first, layout.rows), Math.min(layout.rows, last)];
}

/** Top of a row on the canvas, whose rows have been scrolled by `scrolled`. */
export function rowTop(layout: StripLayout, row: number, scrolled: number): number {
  return layout.header + row * layout.rowHeight - scrolled;
}

/**
 * What stands under a point of the canvas. Labels stay where they are when the strips scroll
 * sideways.
 */
export function hitAt(
  layout: StripLayout,
  x: number,
  y: number,
  scrolled: { readonly left: number; readonly top: number },
): Hit | null {
  const across = x + scrolled.left;
  if (y < layout.header) {
    const inStrip =
      x + layout.overhang < layout.numbers && y >= QUERY_TOP && y < QUERY_TOP + QUERY_HEIGHT;
    const place = inStrip ? cellAt(across, layout.key.left, layout.key.width, layout.cells) : null;
    return place === null ? null : { part: "query", row: null, place };
  }
  const row = Math.floor((y - layout.header + scrolled.top) / layout.rowHeight);
  // Rows reach to the end of the box, as the mark of the pinned one does.
  if (row < 0 || row >= layout.rows) return null;
  if (x < layout.label.left + layout.label.width) return { part: "label", row, place: null };
  const { score } = layout;
  const fixed = x + layout.overhang;
  if (fixed >= layout.numbers) {
    const inScore = score !== null && fixed >= score.left && fixed < score.left + score.width;
    return {
      part: inScore ? "score" : fixed >= layout.weight.left ? "weight" : "row",
      row,
      place: null,
    };
  }
  const { queries } = layout;
  const inQueries = queries && cellAt(across, queries.left, queries.width, layout.cells);
  if (inQueries !== null) return { part: "queries", row, place: inQueries };
  const inKey = cellAt(across, layout.key.left, layout.key.width, layout.cells);
  if (inKey !== null) return { part: "key", row, place: inKey };
  const inProduct = cellAt(across, layout.product.left, layout.product.width, layout.cells);
  if (inProduct !== null) return { part: "product", row, place: inProduct };
  return { part: "row", row, place: null };
}
