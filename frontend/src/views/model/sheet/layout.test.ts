import { describe, expect, it } from "vitest";
import { arrange } from "../arrange";
import {
  cornerOf,
  heightOf,
  MARGIN,
  middleFor,
  planFigure,
  planSheet,
  slotAt,
  slotsBetween,
  slotsInSight,
  TALL,
  toPane,
  toSheet,
  viewOf,
} from "./layout";

const room = { width: 1080, height: 520 };

function arrangement(rows: number, heads: number, sorted = false) {
  const yes = (): boolean => true;
  return arrange({
    rows,
    heads: () => heads,
    showsRow: yes,
    showsHead: yes,
    shows: yes,
    score: sorted ? () => 1 : null,
    ascending: false,
  });
}

const deep = planSheet(arrangement(30, 9), room);
const whole = viewOf(deep, room, 1, { x: 0.5, y: 0.5 });

describe("a plan", () => {
  it("shows all heads at once, in the way in which they are largest", () => {
    expect(deep.slots.filter((slot) => slot)).toHaveLength(270);
    expect(deep.blocks).toBeGreaterThan(1);
    expect(MARGIN.left + deep.width * deep.unit).toBeLessThanOrEqual(room.width);
    expect(heightOf(deep)).toBeLessThanOrEqual(room.height + 1);
    const most = Math.sqrt(((room.width - 36) * (room.height - 26)) / (270 * TALL));
    expect(deep.unit).toBeGreaterThan(0.8 * most);
    expect(slotsInSight(deep, whole, room)).toHaveLength(270);
  });
  it("has room for the numbers of each column of layers, however small the heads are", () => {
    const many = planSheet(arrangement(48, 25), room);
    expect(many.blocks).toBeGreaterThan(1);
    expect(many.between * many.unit).toBeGreaterThan(20);
    expect(many.width * many.unit).toBeLessThanOrEqual(room.width - MARGIN.left);
  });
  it("fills the width also where its height limits the size of the heads", () => {
    const low = { width: 985, height: 360 };
    const plan = planSheet(arrangement(30, 9), low);
    expect(plan.pitch).toBeGreaterThan(1);
    expect(plan.width * plan.unit).toBeCloseTo(low.width - MARGIN.left - 6, 3);
    const view = viewOf(plan, low, 1, { x: 0.5, y: 0.5 });
    const last = plan.across - 1;
    const { x, y } = cornerOf(plan, last);
    expect(slotAt(plan, view, toPane(view, { x: x + 0.5, y: y + 0.5 }))).toBe(last);
    expect(planSheet(arrangement(1, 2), { width: 2000, height: 360 }).pitch).toBeLessThan(1.31);
  });
  it("has sorted heads one after the other, and survives none at all", () => {
    const sorted = planSheet(arrangement(30, 9, true), room);
    expect([sorted.sorted, sorted.slots.length]).toEqual([true, 270]);
    for (const none of [arrangement(0, 0), arrangement(0, 0, true)]) {
      const plan = planSheet(none, room);
      expect(slotsInSight(plan, viewOf(plan, room, 1, { x: 0, y: 0 }), room)).toEqual([]);
    }
  });
  it("of a figure has the picked heads, as wide as the figure", () => {
    const heads = Array.from({ length: 4 }, (_, head) => ({ row: 1, head }));
    const plan = planFigure(heads, 897);
    expect([plan.across, plan.down]).toEqual([4, 1]);
    expect(planFigure([...heads, ...heads, ...heads], 897).down).toBeGreaterThan(1);
    expect(plan.width * plan.unit).toBeLessThanOrEqual(897);
    expect(heightOf(plan)).toBeLessThan(400);
  });
});

describe("zoom", () => {
  it("keeps what is under the pointer where it is", () => {
    const at = { x: 700, y: 300 };
    const point = toSheet(whole, at);
    for (const zoom of [1.7, 4, deep.largest]) {
      const view = viewOf(deep, room, zoom, middleFor(deep, room, zoom, point, at));
      const after = toPane(view, point);
      expect(after.x).toBeCloseTo(at.x, 3);
      expect(after.y).toBeCloseTo(at.y, 3);
    }
  });
  it("never shows what is beyond the edges", () => {
    const view = viewOf(deep, room, 5, { x: 0, y: 1 });
    expect(view.left).toBe(0);
    expect(toPane(view, { x: 0, y: deep.height }).y).toBeGreaterThan(room.height - 10);
    expect(viewOf(deep, room, 1, { x: 0.9, y: 0.1 })).toEqual(whole);
  });
  it("ends where one head with its name fills the pane", () => {
    const side = deep.unit * deep.largest;
    expect(side).toBeGreaterThan(0.85 * room.height);
    expect(side).toBeLessThan(room.height);
  });
  it("draws only what is in sight", () => {
    const many = planSheet(arrangement(48, 25), room);
    const view = viewOf(many, room, 6, { x: 0.5, y: 0.5 });
    const seen = slotsInSight(many, view, room);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.length).toBeLessThan(120);
    for (const slot of seen) {
      const { x, y } = toPane(view, cornerOf(many, slot));
      expect(x + view.scale > 0 && x < room.width).toBe(true);
      expect(y + TALL * view.scale > 0 && y < room.height).toBe(true);
    }
  });
});

describe("the pointer", () => {
  it("finds heads, and none in the room between columns of layers", () => {
    for (const slot of [0, 5, 100, 269 - (269 % deep.across)]) {
      const { x, y } = cornerOf(deep, slot);
      const at = toPane(whole, { x: x + 0.5, y: y + 0.5 });
      expect(slotAt(deep, whole, at)).toBe(deep.slots[slot] ? slot : -1);
    }
    const gap = cornerOf(deep, deep.across / deep.blocks).x - 0.3;
    expect(slotAt(deep, whole, toPane(whole, { x: gap, y: 0.5 }))).toBe(-1);
    expect(slotAt(deep, whole, { x: 2, y: 2 })).toBe(-1);
  });
  it("takes the heads whose pictures have their middle in a box, whichever corner comes first", () => {
    const [a, b] = [toPane(whole, { x: 0.2, y: 0.2 }), toPane(whole, { x: 2.6, y: TALL + 0.9 })];
    const expected = [0, 1, 2, deep.across, deep.across + 1, deep.across + 2];
    expect(slotsBetween(deep, whole, a, b)).toEqual(expected);
    expect(slotsBetween(deep, whole, b, a)).toEqual(expected);
  });
});
