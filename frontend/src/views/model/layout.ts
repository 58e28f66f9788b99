/** Where the cells of the grid stand, in CSS pixels. */

import { type Arrangement, folded, type Place, transposed } from "./arrange";

export interface GridLayout {
  /** Cells row by row, as in `Arrangement`. */
  readonly slots: readonly (Place | null)[];
  readonly across: number;
  readonly down: number;
  /** Layers are columns and heads are rows. */
  readonly layersAcross: boolean;
  /** Groups of columns, each with row labels of its own: so many columns of layers. */
  readonly blocks: number;
  /** Each cell has a label of its own above it; otherwise rows and columns have. */
  readonly labelled: boolean;
  /** Width and height of a thumbnail, and distances from one to the next. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly pitch: number;
  readonly pitchDown: number;
  /**
   * Room of the row labels at the left and of the column labels above; both stay when the cells
   * scroll.
   */
  readonly left: number;
  readonly top: number;
  /** Size of everything. */
  readonly width: number;
  readonly height: number;
}

export interface GridRoom {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly arrangement: Arrangement;
  /** Rows or columns of a thumbnail, whichever is more. */
  readonly pixels: number;
  /**
   * How many times as wide as high, and as high as wide, cells may be to fill the room; 1: they are
   * square.
   */
  readonly widest?: number;
  readonly highest?: number;
  /** Which way layers go; "auto": the way that shows more cells. */
  readonly layers?: LayersAs;
  /** Distance from one cell to the next; null: as fits. */
  readonly size?: number | null;
}

/** "folded": rows that go on in further columns of layers, as in a newspaper. */
export type LayersAs = "auto" | "rows" | "columns" | "folded";

const LEFT = 40;
/** Room before each further column of layers, with its row labels. */
const BETWEEN = 34;
const MOST_BLOCKS = 8;
/** How many times as large cells must become before a column of layers is broken for it. */
const WORTH_FOLDING = 1.2;
const TOP = 30;
const EDGE = 4;
/** Room of a cell's own label. */
const LABEL = 15;
/** The largest pitch, so that a small model does not become a poster. */
const MOST = 260;
/**
 * Down to this pitch everything is shown at once; with more cells the grid scrolls. Several columns
 * of layers are there to show everything at once, down to the least pitch.
 */
const AT_ONCE = 33;
const SCROLLED_MOST = 64;
const LEAST = 22;
/** Layers as columns are made narrower than that before they scroll sideways. */
const LEAST_COLUMN = 9;
/** Narrower than this they are not chosen unless they are asked for. */
const LEAST_CHOSEN = 18;
/** The sizes that can be asked for. */
export const SIZES = [LEAST, MOST] as const;
/** Cells with a label of their own are wide enough for it. */
const LEAST_LABELLED = 66;
const MOST_LABELLED = 104;
/** Whole device pixels for each cell of a thumbnail are worth this much of its size. */
const WHOLE = 0.9;

/**
 * The largest cells with which all fit; where these would be too small, cells that scroll
 * downwards, and only then sideways.
 */
export function gridLayout(room: GridRoom): GridLayout {
  if (room.arrangement.across === null) return flow(room);
  const { layers = "auto" } = room;
  const rows = table(room);
  if (layers === "rows") return rows;
  const columns = table({ ...room, arrangement: transposed(room.arrangement) });
  if (layers === "columns") return columns;
  if (layers === "folded")
    return foldedTables(room).reduce((a, b) => (isBetter(b, a, room) ? b : a));
  const fits = ({ pitch, width }: GridLayout): boolean =>
    pitch >= LEAST_CHOSEN && width <= room.width;
  const whole = fits(columns) && isBetter(columns, rows, room) ? columns : rows;
  return foldedTables(room).reduce(
    (best, next) => (fits(next) && isWorthFolding(next, best, room) ? next : best),
    whole,
  );
}

/** In two columns of layers, in three, ...; in one where there is but one layer. */
function foldedTables(room: GridRoom): readonly GridLayout[] {
  const { slots, across } = room.arrangement;
  const layers = Math.ceil(slots.length / Math.max(1, across ?? 1));
  const most = Math.max(1, Math.min(MOST_BLOCKS, layers));
  const counts = Array.from({ length: Math.max(1, most - 1) }, (_, at) => Math.min(most, at + 2));
  return counts.map((blocks) => table({ ...room, arrangement: folded(room.arrangement, blocks) }));
}

function isWorthFolding(one: GridLayout, other: GridLayout, room: GridRoom): boolean {
  const [seen, before] = [seenAtOnce(one, room), seenAtOnce(other, room)];
  if (other.blocks > 1 || room.size) return isBetter(one, other, room);
  return seen > before || (seen === before && areaOf(one) >= WORTH_FOLDING * areaOf(other));
}

/** Shows more cells, or as many and larger ones; where a size is asked for, comes nearer to it. */
function isBetter(one: GridLayout, other: GridLayout, room: GridRoom): boolean {
  const more = seenAtOnce(one, room) - seenAtOnce(other, room);
  const larger = areaOf(one) - areaOf(other);
  const [first, second] = room.size ? [larger, more] : [more, larger];
  return first > 0 || (first === 0 && second > 0);
}

function areaOf({ cellWidth, cellHeight }: GridLayout): number {
  return cellWidth * cellHeight;
}

/** Cells that are seen whole before anything scrolls. */
export function seenAtOnce(
  layout: GridLayout,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  const { left, top, pitch, pitchDown } = layout;
  const between = (layout.blocks - 1) * BETWEEN;
  const across = Math.min(layout.across, Math.floor((width - left - between) / pitch));
  const down = Math.min(layout.down, Math.floor((height - top) / pitchDown));
  return layout.slots.filter(
    (slot, at) => slot && at % layout.across < across && at < down * layout.across,
  ).length;
}

function table(room: GridRoom): GridLayout {
  const across = Math.max(1, room.arrangement.across ?? 1);
  const down = Math.ceil(room.arrangement.slots.length / across);
  const between = (room.arrangement.blocks - 1) * BETWEEN;
  const wide = Math.floor((room.width - LEFT - EDGE - between) / across);
  const tall = Math.floor((room.height - TOP - EDGE) / Math.max(1, down));
  const both = Math.min(wide, tall, MOST);
  const least = room.arrangement.layersAcross ? LEAST_COLUMN : LEAST;
  const atOnce = room.arrangement.blocks > 1 ? LEAST : AT_ONCE;
  const fitting = both >= atOnce ? both : Math.max(least, both, Math.min(wide, SCROLLED_MOST));
  // A size that is asked for ends where cells would scroll sideways.
  const pitch = room.size ? Math.max(least, Math.min(room.size, Math.max(wide, fitting))) : fitting;
  const { widest = 1, highest = 1 } = room;
  const stretched = (most: number, times: number): number =>
    Math.max(pitch, Math.min(most, MOST, Math.floor(pitch * times)));
  return layoutOf(room, across, stretched(wide, widest), stretched(tall, highest));
}

/**
 * Cells one after the other: the largest with which all fit, or else as small as their labels
 * allow.
 */
function flow(room: GridRoom): GridLayout {
  const count = Math.max(1, room.arrangement.slots.length);
  const [width, height] = [room.width - 2 * EDGE, room.height - 2 * EDGE];
  const fits = (pitch: number): boolean =>
    Math.ceil(count / Math.max(1, Math.floor(width / pitch))) * (pitch + LABEL) <= height;
  let pitch = room.size ? Math.max(LEAST_LABELLED, room.size) : MOST_LABELLED;
  while (!room.size && pitch > LEAST_LABELLED && !fits(pitch)) pitch--;
  return layoutOf(room, Math.max(1, Math.floor(width / pitch)), pitch, pitch);
}

/** `wide` and `high`: from one cell to the next, without their labels. */
function layoutOf(room: GridRoom, across: number, wide: number, high: number): GridLayout {
  const { slots, layersAcross, blocks } = room.arrangement;
  const labelled = room.arrangement.across === null;
  const least = Math.min(wide, high);
  const gap = Math.round(Math.min(8, Math.max(2, least * 0.08)) * room.ratio) / room.ratio;
  const cellHeight = wholeCells(high - gap, room.pixels, room.ratio);
  const cellWidth = wide === high ? cellHeight : wholeCells(wide - gap, room.pixels, room.ratio);
  const [left, top] = labelled ? [EDGE, EDGE + LABEL] : [LEFT, TOP];
  const pitch = cellWidth + gap;
  const pitchDown = cellHeight + gap + (labelled ? LABEL : 0);
  const down = Math.ceil(slots.length / across);
  return {
    slots,
    across,
    down,
    layersAcross,
    blocks,
    labelled,
    cellWidth,
    cellHeight,
    pitch,
    pitchDown,
    left,
    top,
    width: left + across * pitch + (blocks - 1) * BETWEEN + EDGE,
    height: top + down * pitchDown + EDGE,
  };
}

function wholeCells(size: number, pixels: number, ratio: number): number {
  const device = Math.floor(size * ratio);
  const whole = Math.floor(device / Math.max(1, pixels)) * pixels;
  return (whole >= device * WHOLE ? whole : device) / ratio;
}

/** First visible row of cells and one past the last. */
export function visibleRows(
  layout: GridLayout,
  scrolled: number,
  height: number,
): [number, number] {
  const hidden = layout.labelled ? layout.top : 0;
  const first = Math.max(0, Math.floor((scrolled - hidden) / layout.pitchDown));
  const last = Math.ceil((scrolled + Math.max(0, height - layout.top + hidden)) / layout.pitchDown);
  return [Math.min(first, layout.down), Math.min(layout.down, last)];
}

/** The slots of rows, without those that are empty. */
export function slotsIn(
  layout: GridLayout,
  [first, last]: readonly [number, number],
): readonly { slot: number; place: Place }[] {
  return layout.slots.slice(first * layout.across, last * layout.across).flatMap((place, at) => {
    return place ? [{ slot: first * layout.across + at, place }] : [];
  });
}

/** Where a head stands; -1 where it is not shown. */
export function slotOf(layout: GridLayout, { row, head }: Place): number {
  return layout.slots.findIndex((slot) => slot?.row === row && slot.head === head);
}

/** Upper left corner of a cell in the scrolled content. */
export function cellCorner(layout: GridLayout, slot: number): { x: number; y: number } {
  const row = Math.floor(slot / layout.across);
  const column = slot - row * layout.across;
  const block = Math.floor((column * layout.blocks) / layout.across);
  return {
    x: layout.left + column * layout.pitch + block * BETWEEN,
    y: layout.top + row * layout.pitchDown,
  };
}

/**
 * Every how many rows or columns has a label, `room` apart, where labels take up `label` at most:
 * they are thinned, and never left out.
 */
export function labelEvery(room: number, label: number): number {
  return Math.max(1, Math.ceil(label / (room > 0 ? room : 1)));
}
