import { describe, expect, it } from "vitest";
import {
  arrangeColumns,
  type ColumnsInput,
  placeAt,
  rowHeightFor,
  rowY,
  TALLEST_ROW,
  visibleRows,
} from "./layout";

const INPUT: ColumnsInput = {
  width: 654,
  height: 550,
  queries: 24,
  keys: 24,
  series: 4,
  queryLabel: 70,
  keyLabel: 70,
  rowHeight: "read",
};

describe("rowHeightFor", () => {
  it("fills the height with few tokens, up to a limit", () => {
    expect(rowHeightFor(8, 550)).toBeCloseTo(550 / 12);
    expect(rowHeightFor(8, 400)).toBe(TALLEST_ROW);
    expect(rowHeightFor(24, 550)).toBeCloseTo(550 / 24);
    const large = { ...INPUT, width: 1900, height: 1000, queries: 11, keys: 11 };
    const [at, small] = [arrangeColumns(large), arrangeColumns({ ...large, height: 480 })];
    expect(at.rowHeight * 12).toBeCloseTo(1000);
    expect(at.fontSize).toBeGreaterThan(small.fontSize);
    expect(at.to - at.from).toBeGreaterThan(small.to - small.from);
  });

  it("scrolls where rows would become too flat to read", () => {
    expect(rowHeightFor(64, 550)).toBe(20);
    expect(arrangeColumns({ ...INPUT, queries: 64, keys: 64 }).scrolls).toBe(true);
    expect(arrangeColumns(INPUT).scrolls).toBe(false);
  });
});

describe("arrangeColumns", () => {
  it("keeps everything inside, in order, for any number of heads", () => {
    for (const width of [460, 654, 1100, 1800]) {
      for (const series of [1, 4, 12, 25]) {
        for (const queries of [8, 1024]) {
          const at = arrangeColumns({ ...INPUT, width, series, queries, keys: queries });
          const order = [
            at.left.position,
            at.left.label,
            at.left.stripes,
            at.from,
            at.to,
            at.right.stripes,
            at.right.label,
          ];
          expect(order).toEqual([...order].sort((a, b) => a - b));
          expect(at.left.position).toBeGreaterThan(0);
          expect(at.right.position).toBeLessThan(width);
          expect(at.to - at.from).toBeGreaterThanOrEqual(60);
        }
      }
    }
  });

  it("shows numbers of all heads, of one, or of none, as there is room", () => {
    expect(arrangeColumns({ ...INPUT, width: 1300 }).numbers).toBe(4);
    expect(arrangeColumns(INPUT).numbers).toBe(1);
    expect(arrangeColumns({ ...INPUT, width: 420 }).numbers).toBe(0);
  });

  it("labels every row that is tall enough, else as many as do not overlap", () => {
    expect(arrangeColumns({ ...INPUT, queries: 64, rowHeight: 12 }).every).toBe(1);
    const flat = arrangeColumns({ ...INPUT, queries: 1024, keys: 1024, rowHeight: "fit" });
    expect(flat.every * flat.rowHeight).toBeGreaterThanOrEqual(12);
    expect(flat.scrolls).toBe(false);
  });
});

describe("rows", () => {
  const at = arrangeColumns({ ...INPUT, queries: 1024, keys: 300 });

  it("are visible where they touch the box", () => {
    expect(visibleRows(at, 1024, 0)).toEqual([0, 28]);
    expect(visibleRows(at, 1024, 1010)).toEqual([50, 78]);
    expect(visibleRows(at, 300, 1e6)).toEqual([300, 300]);
  });

  it("are found again where they stand", () => {
    for (const row of [0, 57, 1023]) {
      const scroll = Math.max(0, row * 20 - 200);
      const y = rowY(at, row, scroll);
      expect(placeAt(at, at.left.label, y, { query: scroll, key: 0 })).toEqual({
        side: "query",
        row,
      });
    }
    expect(placeAt(at, at.right.label, 30, { query: 500, key: 0 })).toEqual({
      side: "key",
      row: 1,
    });
    expect(placeAt(at, at.right.label, 500, { query: 0, key: 1e5 })).toBeNull();
  });

  it("are not where the lines are", () => {
    expect(placeAt(at, (at.from + at.to) / 2, 30, { query: 0, key: 0 })).toEqual({
      side: "between",
      share: 0.5,
    });
  });
});
