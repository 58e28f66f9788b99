/**
 * Where the heads of the contact sheet stand. Lengths of the sheet are in units: 1 is the side of a
 * picture with the least gap beside it. Pure.
 */

import { type Arrangement, folded, type Place, transposed } from "../arrange";

/** Height of a head's place: name and type above its picture, the line over the steps below. */
export const TALL = 1.36;
/** Parts of a place, in units. */
export const PARTS = { head: 0.13, gap: 0.08, line: 0.2 };
/** Middle of what one looks at, from above: name and picture. */
export const MIDDLE = { x: (1 - PARTS.gap) / 2, y: (PARTS.head + 1 - PARTS.gap) / 2 };
/** Side of a picture. */
export const SIDE = 1 - PARTS.gap;
/** Before each further column of layers, and at least so many CSS pixels, for its numbers. */
const BETWEEN = 0.7;
const NUMBERS = 24;
/** Room of the numbers of layers and heads, which stay in sight, in CSS pixels. */
export const MARGIN = { left: 30, top: 20 };
/** Room at the right and below. */
const EDGE = 6;
const MOST_BLOCKS = 8;
/** Up to so many heads of a figure stand beside each other. */
const IN_A_ROW = 4;
/** Where heads are as high as fits, they stand so far apart at most, that they fill the width. */
const WIDEST_PITCH = 1.3;
/** A few heads do not become larger than that by themselves, in CSS pixels. */
const LARGEST_UNIT = 300;
/** Of the pane, for the picture of one head with its name at the largest zoom. */
const WHOLE = 0.97;

export interface Room {
  readonly width: number;
  readonly height: number;
}

export interface SheetPlan {
  /** Row by row, as in `Arrangement`. */
  readonly slots: readonly (Place | null)[];
  readonly across: number;
  readonly down: number;
  readonly blocks: number;
  /** From one head to the next beside it, in units: 1, or more where there is room. */
  readonly pitch: number;
  /** Before each further column of layers, in units. */
  readonly between: number;
  readonly layersAcross: boolean;
  /** Heads stand one after the other, in an order of their own: rows and columns mean nothing. */
  readonly sorted: boolean;
  /** Size of everything, in units. */
  readonly width: number;
  readonly height: number;
  /** CSS pixels of a unit where everything fits. */
  readonly unit: number;
  /** How much larger one head can be made: it then fills the pane. */
  readonly largest: number;
}

/** Part of the sheet that is seen, in units, and CSS pixels of a unit. */
export interface SheetView {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The way in which the heads are largest. */
export function planSheet(arrangement: Arrangement, room: Room): SheetPlan {
  const ways = arrangement.across === null ? flows(arrangement) : tables(arrangement);
  return ways
    .map((each) => planOf(each, room))
    .reduce((best, next) => (next.unit > best.unit * 1.02 ? next : best));
}

/** Heads one after the other, as wide as a figure. */
export function planFigure(slots: readonly Place[], width: number): SheetPlan {
  const square = Math.max(IN_A_ROW, Math.ceil(Math.sqrt(1.6 * slots.length)));
  const across = Math.max(1, Math.min(slots.length, square));
  const one = { slots, across, layersAcross: false, blocks: 1, sorted: true };
  return planOf(one, { width, height: Number.POSITIVE_INFINITY });
}

/** CSS pixels that a plan is high where everything fits its width. */
export function heightOf(plan: SheetPlan): number {
  return Math.ceil(MARGIN.top + plan.height * plan.unit + EDGE);
}

type Way = Pick<Arrangement, "slots" | "layersAcross" | "blocks"> & {
  readonly across: number;
  readonly sorted: boolean;
};

function tables(arrangement: Arrangement): readonly Way[] {
  const layers = Math.ceil(arrangement.slots.length / Math.max(1, arrangement.across ?? 1));
  const blocks = Math.max(1, Math.min(MOST_BLOCKS, layers));
  const all = [
    arrangement,
    transposed(arrangement),
    ...Array.from({ length: blocks - 1 }, (_, at) => folded(arrangement, at + 2)),
  ];
  return all.map((each) => ({ ...each, across: Math.max(1, each.across ?? 1), sorted: false }));
}

function flows({ slots, layersAcross, blocks }: Arrangement): readonly Way[] {
  return Array.from({ length: Math.max(1, slots.length) }, (_, at) => ({
    slots,
    layersAcross,
    blocks,
    across: at + 1,
    sorted: true,
  }));
}

function planOf(way: Way, room: Room): SheetPlan {
  const down = Math.ceil(way.slots.length / way.across);
  const height = Math.max(1, down) * TALL;
  const wide = Math.max(1, room.width - MARGIN.left - EDGE);
  const tall = Math.max(1, room.height - MARGIN.top - EDGE);
  const widthWith = (between: number): number => way.across + (way.blocks - 1) * between;
  const unitWith = (between: number): number =>
    Math.min(LARGEST_UNIT, wide / widthWith(between), tall / height);
  const between = Math.max(BETWEEN, NUMBERS / unitWith(BETWEEN));
  const unit = unitWith(between);
  const apart = (wide / unit - (way.blocks - 1) * between) / way.across;
  const pitch = Math.max(1, Math.min(WIDEST_PITCH, apart));
  const width = way.across * pitch + (way.blocks - 1) * between;
  const largest = Math.max(1, (WHOLE * Math.min(wide, tall / (PARTS.head + SIDE))) / unit);
  return { ...way, down, pitch, between, width, height, unit, largest };
}

/** Upper left corner of a slot's place, in units. */
export function cornerOf(plan: SheetPlan, slot: number): Point {
  const row = Math.floor(slot / plan.across);
  const column = slot - row * plan.across;
  const block = Math.floor((column * plan.blocks) / plan.across);
  return { x: column * plan.pitch + block * plan.between, y: row * TALL };
}

/**
 * What is seen at a zoom with a point of the sheet in the middle of the pane, both sides as shares
 * of the sheet. Beyond the edges nothing is shown as long as the sheet fills the pane.
 */
export function viewOf(plan: SheetPlan, room: Room, zoom: number, middle: Point): SheetView {
  const scale = plan.unit * zoom;
  const along = (share: number, size: number, pixels: number): number => {
    const seen = pixels / scale;
    return seen >= size ? 0 : Math.max(0, Math.min(size - seen, share * size - seen / 2));
  };
  return {
    left: along(middle.x, plan.width, room.width - MARGIN.left - EDGE),
    top: along(middle.y, plan.height, room.height - MARGIN.top - EDGE),
    scale,
  };
}

/** A point of the sheet, in units, in the pane. */
export function toPane(view: SheetView, { x, y }: Point): Point {
  return {
    x: MARGIN.left + (x - view.left) * view.scale,
    y: MARGIN.top + (y - view.top) * view.scale,
  };
}

export function toSheet(view: SheetView, { x, y }: Point): Point {
  return {
    x: view.left + (x - MARGIN.left) / view.scale,
    y: view.top + (y - MARGIN.top) / view.scale,
  };
}

/** The middle, as shares of the sheet, with which `point` of the sheet stands at `at` of the pane. */
export function middleFor(
  plan: SheetPlan,
  room: Room,
  zoom: number,
  point: Point,
  at: Point,
): Point {
  const scale = plan.unit * zoom;
  const centre = {
    x: MARGIN.left + (room.width - MARGIN.left - EDGE) / 2,
    y: MARGIN.top + (room.height - MARGIN.top - EDGE) / 2,
  };
  const share = (value: number): number => Math.max(0, Math.min(1, value));
  return {
    x: share((point.x + (centre.x - at.x) / scale) / plan.width),
    y: share((point.y + (centre.y - at.y) / scale) / plan.height),
  };
}

/** The slot whose place holds a point of the pane; -1 where there is no head. */
export function slotAt(plan: SheetPlan, view: SheetView, at: Point): number {
  const { x, y } = toSheet(view, at);
  const row = Math.floor(y / TALL);
  if (row < 0 || row >= plan.down) return -1;
  for (let column = 0; column < plan.across; column++) {
    const slot = row * plan.across + column;
    const left = cornerOf(plan, slot).x;
    if (x >= left && x < left + plan.pitch) return plan.slots[slot] ? slot : -1;
  }
  return -1;
}

/** Slots with a head of which something is in the pane. */
export function slotsInSight(plan: SheetPlan, view: SheetView, room: Room): readonly number[] {
  const [right, bottom] = [
    view.left + (room.width - MARGIN.left) / view.scale,
    view.top + (room.height - MARGIN.top) / view.scale,
  ];
  const found: number[] = [];
  const last = Math.min(plan.down, Math.ceil(bottom / TALL));
  for (let row = Math.max(0, Math.floor(view.top / TALL)); row < last; row++) {
    for (let column = 0; column < plan.across; column++) {
      const slot = row * plan.across + column;
      const { x } = cornerOf(plan, slot);
      if (plan.slots[slot] && x + 1 > view.left && x < right) found.push(slot);
    }
  }
  return found;
}

/** Slots whose pictures have their middle between two points of the pane. */
export function slotsBetween(plan: SheetPlan, view: SheetView, a: Point, b: Point): number[] {
  const [from, to] = [toSheet(view, a), toSheet(view, b)];
  const inside = (value: number, one: number, other: number): boolean =>
    value >= Math.min(one, other) && value <= Math.max(one, other);
  return plan.slots.flatMap((place, slot) => {
    const { x, y } = cornerOf(plan, slot);
    const isIn =
      inside(x + SIDE / 2, from.x, to.x) && inside(y + PARTS.head + SIDE / 2, from.y, to.y);
    return place && isIn ? [slot] : [];
  });
}
