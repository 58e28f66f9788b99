/** Where the cells of the grid stand, in CSS pixels. */

import { type Arrangement, type Place, transposed } from "./arrange";

export interface GridLayout {
  /** Cells row by row, as in `Arrangement`. */
  readonly slots: readonly (Place | null)[];
  readonly across: number;
  readonly down: number;
  /** Layers are columns and heads are rows. */
  readonly layersAcross: boolean;
  /** Each cell has a label of its own above it; otherwise rows and columns have. */
  readonly labelled: boolean;
  /** Side of a thumbnail, and distance from one to the next. */
  readonly cell: number;
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
  /** Which way layers go; "auto": the way that shows more cells. */
  readonly layers?: LayersAs;
  /** Distance from one cell to the next; null: as fits. */
  readonly size?: number | null;
}

export type LayersAs = "auto" | "rows" | "columns";

const LEFT = 40;
const TOP = 30;
const EDGE = 4;
/** Room of a cell's own label. */
const LABEL = 15;
/** The largest pitch, so that a small model does not become a poster. */
const MOST = 176;
/** Down to this pitch everything is shown at once; with more cells the grid scrolls. */
const AT_ONCE = 33;
const SCROLLED_MOST = 64;
const LEAST = 22;
/** Layers as columns are made narrower than that before they scroll sideways. */
const LEAST_COLUMN = 9;
/** Narrower than this they are not chosen unless they are asked for. */
const LEAST_CHOSEN = 18;
/** The sizes that can be asked for. */
export const SIZES = [LEAST, 176] as const;
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
  const fits = columns.pitch >= LEAST_CHOSEN && columns.width <= room.width;
  return fits && isBetter(columns, rows, room) ? columns : rows;
}

/** Shows more cells, or as many and larger ones; where a size is asked for, comes nearer to it. */
function isBetter(one: GridLayout, other: GridLayout, room: GridRoom): boolean {
  const more = seenAtOnce(one, room) - seenAtOnce(other, room);
  const larger = one.pitch - other.pitch;
  const [first, second] = room.size ? [larger, more] : [more, larger];
  return first > 0 || (first === 0 && second > 0);
}

/** Cells that are seen whole before anything scrolls. */
export function seenAtOnce(
  layout: GridLayout,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  const { left, top, pitch, pitchDown } = layout;
  const across = Math.min(layout.across, Math.floor((width - left) / pitch));
  const down = Math.min(layout.down, Math.floor((height - top) / pitchDown));
  return Math.max(0, across) * Math.max(0, down);
}

function table(room: GridRoom): GridLayout {
  const across = Math.max(1, room.arrangement.across ?? 1);
  const down = Math.ceil(room.arrangement.slots.length / across);
  const wide = Math.floor((room.width - LEFT - EDGE) / across);
  const tall = Math.floor((room.height - TOP - EDGE) / Math.max(1, down));
  const both = Math.min(wide, tall, MOST);
  const least = room.arrangement.layersAcross ? LEAST_COLUMN : LEAST;
  const fitting = both >= AT_ONCE ? both : Math.max(least, both, Math.min(wide, SCROLLED_MOST));
  // A size that is asked for ends where cells would scroll sideways.
  const pitch = room.size ? Math.max(least, Math.min(room.size, Math.max(wide, fitting))) : fitting;
  return layoutOf(room, across, pitch, false);
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
  return layoutOf(room, Math.max(1, Math.floor(width / pitch)), pitch, true);
}

function layoutOf(room: GridRoom, across: number, pitch: number, labelled: boolean): GridLayout {
  const { slots, layersAcross } = room.arrangement;
  const gap = Math.round(Math.min(8, Math.max(2, pitch * 0.08)) * room.ratio) / room.ratio;
  const cell = wholeCells(pitch - gap, room.pixels, room.ratio);
  const [left, top] = labelled ? [EDGE, EDGE + LABEL] : [LEFT, TOP];
  const pitchDown = cell + gap + (labelled ? LABEL : 0);
  const down = Math.ceil(slots.length / across);
  return {
    slots,
    across,
    down,
    layersAcross,
    labelled,
    cell,
    pitch: cell + gap,
    pitchDown,
    left,
    top,
    width: left + across * (cell + gap) + EDGE,
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
  return {
    x: layout.left + (slot - row * layout.across) * layout.pitch,
    y: layout.top + row * layout.pitchDown,
  };
}

/** Rows that Page Up and Page Down go. */
const PAGE = 8;

/**
 * The slot that an arrow key leads to, past empty ones; `slot` itself at the edge, null for other
 * keys.
 */
export function moved(layout: GridLayout, slot: number, key: string): number | null {
  const column = slot % layout.across;
  const start = slot - column;
  const end = Math.min(layout.slots.length, start + layout.across) - 1;
  switch (key) {
    case "ArrowUp":
      return walk(layout, slot, -layout.across);
    case "ArrowDown":
      return walk(layout, slot, layout.across);
    case "ArrowLeft":
      return slot === start ? slot : walk(layout, slot, -1, start, end);
    case "ArrowRight":
      return walk(layout, slot, 1, start, end);
    case "Home":
      return walk(layout, start - 1, 1, start, end);
    case "End":
      return walk(layout, end + 1, -1, start, end);
    case "PageUp":
      return pages(layout, slot, -1);
    case "PageDown":
      return pages(layout, slot, 1);
    default:
      return null;
  }
}

/** The next slot that is not empty in steps of `by`, or `slot`. */
function walk(
  layout: GridLayout,
  slot: number,
  by: number,
  first = 0,
  last = layout.slots.length - 1,
): number {
  for (let at = slot + by; at >= first && at <= last; at += by) if (layout.slots[at]) return at;
  return slot;
}

function pages(layout: GridLayout, slot: number, by: 1 | -1): number {
  let at = slot;
  for (let row = 0; row < PAGE; row++) at = walk(layout, at, by * layout.across);
  return at;
}

/**
 * Every how many rows or columns has a label, `room` apart, where labels take up `label` at most:
 * they are thinned, and never left out.
 */
export function labelEvery(room: number, label: number): number {
  return Math.max(1, Math.ceil(label / Math.max(1, room)));
}
