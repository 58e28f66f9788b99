import { describe, expect, it } from "vitest";
import { scrollToSee } from "../../ui/sight";
import {
  fullHeight,
  hitAt,
  QUERY_TOP,
  type Room,
  rowTop,
  stripLayout,
  visibleRows,
} from "./layout";

const still = { left: 0, top: 0 };
const room: Room = {
  width: 660,
  height: 600,
  ratio: 1,
  label: 90,
  rows: 12,
  cells: 64,
  scores: true,
  queries: true,
  queryStrips: "auto",
  lanes: 1,
  sink: false,
};

describe("stripLayout", () => {
  it("fits a laptop's width with 32, 64 and 128 neurons", () => {
    for (const cells of [32, 64, 128])
      expect(stripLayout({ ...room, cells }).width).toBeLessThanOrEqual(660);
  });
  it("gives a neuron three pixels at 1,280 and four at 1,440, beside the settings and the panel", () => {
    const label = 80;
    expect(stripLayout({ ...room, width: 670, label }).key.width).toBe(192);
    expect(stripLayout({ ...room, width: 795, label }).key.width).toBe(256);
  });
  it("rather scrolls sideways than draws less than a pixel a neuron", () => {
    const layout = stripLayout({ ...room, cells: 256 });
    expect(layout.key.width).toBe(256);
    expect(layout.width).toBeGreaterThan(660);
    expect(layout.overhang).toBe(layout.width - 660);
    // Score and weight stay at the right edge, over the strips.
    const y = layout.header + 4;
    expect(hitAt(layout, 655, y, still)?.part).toBe("weight");
    expect(hitAt(layout, layout.numbers - layout.overhang - 2, y, still)?.part).toBe("product");
    expect(hitAt(layout, 655, 20, still)).toBeNull();
  });
  it("keeps its columns apart, in order", () => {
    for (const width of [660, 1900]) {
      const layout = stripLayout({ ...room, width });
      const { label, queries, key, product, score, weight } = layout;
      const spans = [label, ...(queries ? [queries] : []), key, product, score, weight];
      spans.reduce((end, span) => {
        expect(span?.left).toBeGreaterThanOrEqual(end);
        return (span?.left ?? 0) + (span?.width ?? 0);
      }, 0);
    }
  });
  it("keeps the numbers of two captures apart, also where many rows are squeezed", () => {
    const { stripHeight, rowHeight } = stripLayout({ ...room, rows: 300, lanes: 2 });
    // A number of 12 px, its bar, and as much again.
    expect(stripHeight).toBeGreaterThanOrEqual(12 + 3 + 3);
    expect(rowHeight).toBeGreaterThan(2 * stripHeight);
  });
  it("has the queries of all tokens where there is room for a third strip", () => {
    expect(stripLayout({ ...room, width: 795 }).queries).toBeNull();
    const wide = stripLayout({ ...room, width: 1900 });
    expect(wide.queries?.width).toBe(wide.key.width);
    expect(wide.key.width).toBeGreaterThanOrEqual(4 * 64);
    expect(wide.width).toBeLessThanOrEqual(1900);
    const at = { x: (wide.queries?.left ?? 0) + 1, y: wide.header + 4 };
    expect(hitAt(wide, at.x, at.y, still)).toEqual({ part: "queries", row: 0, place: 0 });
    for (const other of [{ queries: false }, { lanes: 2 as const }, { cells: 0 }])
      expect(stripLayout({ ...room, width: 1900, ...other }).queries).toBeNull();
  });
  it("has them as chosen, and then scrolls sideways where they would be too narrow", () => {
    const chosen = stripLayout({ ...room, width: 795, queryStrips: "all" });
    expect(chosen.queries?.width).toBeGreaterThanOrEqual(2 * 64);
    expect(chosen.overhang).toBe(0);
    const narrow = stripLayout({ ...room, width: 500, queryStrips: "all" });
    expect(narrow.queries?.width).toBe(2 * 64);
    expect(narrow.overhang).toBeGreaterThan(0);
    expect(stripLayout({ ...room, width: 1900, queryStrips: "one" }).queries).toBeNull();
    for (const other of [{ queries: false }, { lanes: 2 as const }, { cells: 0 }])
      expect(stripLayout({ ...room, queryStrips: "all", ...other }).queries).toBeNull();
  });
  it("gives few rows more height, and many the least", () => {
    expect(stripLayout({ ...room, rows: 2 }).rowHeight).toBe(32);
    expect(stripLayout({ ...room, rows: 2, height: 1140 }).rowHeight).toBe(48);
    expect(stripLayout({ ...room, rows: 1024 }).rowHeight).toBe(22);
  });
  it("has no strips and no scores where only weights were logged", () => {
    const layout = stripLayout({ ...room, cells: 0, scores: false });
    expect([layout.score, layout.key.width]).toEqual([null, 0]);
    expect(hitAt(layout, layout.weight.left + 1, layout.header + 1, still)).toEqual({
      part: "weight",
      row: 0,
      place: null,
    });
  });
});

describe("rows", () => {
  const layout = stripLayout({ ...room, rows: 1024 });
  it("draws only what is in view", () => {
    const [first, last] = visibleRows(layout, 2200, 600);
    expect(first).toBe(100);
    expect(last - first).toBeLessThan(30);
    expect(visibleRows(layout, 0, 10_000_000)).toEqual([0, 1024]);
    expect(rowTop(layout, first, 2200)).toBe(layout.header);
  });
  it("scrolls just as far as a row needs", () => {
    const { rowHeight, header } = layout;
    const scrollFor = (row: number, scrolled: number): number =>
      scrollToSee(row * rowHeight, rowHeight, scrolled, 600 - header);
    expect(scrollFor(0, 500)).toBe(0);
    expect(scrollFor(5, 0)).toBe(0);
    const scrolled = scrollFor(1023, 0);
    expect(rowTop(layout, 1023, scrolled) + layout.rowHeight).toBe(600);
    expect(fullHeight(layout)).toBeGreaterThan(1024 * 22);
  });
});

describe("hitAt", () => {
  const layout = stripLayout(room);
  const middle = (row: number) => rowTop(layout, row, 0) + layout.rowHeight / 2;
  it("names part, row and place", () => {
    expect(hitAt(layout, layout.label.left + 3, middle(4), still)).toEqual({
      part: "label",
      row: 4,
      place: null,
    });
    expect(hitAt(layout, layout.key.left + 0.5, middle(0), still)).toEqual({
      part: "key",
      row: 0,
      place: 0,
    });
    expect(
      hitAt(layout, layout.product.left + layout.product.width - 0.5, middle(11), still),
    ).toEqual({
      part: "product",
      row: 11,
      place: 63,
    });
    expect(hitAt(layout, (layout.score?.left ?? 0) + 1, middle(1), still)?.part).toBe("score");
    expect(hitAt(layout, layout.weight.left + 1, middle(1), still)?.part).toBe("weight");
    expect(hitAt(layout, layout.key.left + layout.key.width + 1, middle(1), still)?.part).toBe(
      "row",
    );
  });
  it("follows sideways scrolling, all but the labels", () => {
    expect(hitAt(layout, layout.label.left + 3, middle(4), { left: 50, top: 0 })?.part).toBe(
      "label",
    );
    expect(hitAt(layout, layout.product.left - 50, middle(4), { left: 50, top: 0 })?.place).toBe(0);
    expect(hitAt(layout, layout.key.left, middle(4), { left: 0, top: 44 })?.row).toBe(
      Math.floor(4 + 44 / layout.rowHeight + 0.5),
    );
  });
  it("finds the query's strip in the header, and nothing outside", () => {
    expect(hitAt(layout, layout.key.left + 1, QUERY_TOP + 2, still)).toEqual({
      part: "query",
      row: null,
      place: 0,
    });
    expect(hitAt(layout, layout.label.left, QUERY_TOP + 2, still)).toBeNull();
    expect(hitAt(layout, layout.key.left, middle(12), still)).toBeNull();
  });
});
