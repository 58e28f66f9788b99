import { describe, expect, it } from "vitest";
import { averaged } from "./average";
import {
  columnMiddle,
  layoutRaster,
  rasterCell,
  rasterSize,
  strokesAll,
  toldColumns,
} from "./layout";

describe("heads and steps on fewer pixels", () => {
  it("are means by how much of each is covered, without what is not defined", () => {
    const values = Float32Array.of(1, 10, 2, 20, 3, Number.NaN);
    // Three rows on two lines: one and a half rows each.
    const two = averaged(values, [3, 2], [2, 2]);
    [(1 + 2 / 2) / 1.5, (10 + 20 / 2) / 1.5, (2 / 2 + 3) / 1.5, 20].forEach((each, at) => {
      expect(two[at]).toBeCloseTo(each, 5);
    });
    expect([...averaged(values, [3, 2], [1, 1])]).toEqual([(5.5 + 11 + 3) / 3]);
    expect(averaged(Float32Array.of(Number.NaN, Number.NaN), [2, 1], [1, 1])[0]).toBeNaN();
  });

  it("stay as they are where there is room", () => {
    const values = Float32Array.of(1, 2, 3, 4);
    expect(averaged(values, [2, 2], [2, 2])).toBe(values);
  });

  it("keep the mean of all, however many lines there are", () => {
    const values = Float32Array.from({ length: 270 }, (_, at) => (at * 37) % 100);
    const mean = (all: Float32Array): number => all.reduce((sum, each) => sum + each) / all.length;
    for (const lines of [1, 7, 92, 269])
      expect(mean(averaged(values, [270, 1], [lines, 1]))).toBeCloseTo(mean(values), 3);
  });
});

describe("the raster", () => {
  const layout = layoutRaster(660, 124, 270, 16);

  it("has a pixel for each cell, or for each device pixel", () => {
    expect(rasterSize(layout, 1)).toEqual([100, 16]);
    expect(rasterSize(layout, 3)).toEqual([270, 16]);
    expect(rasterSize(layoutRaster(660, 124, 4, 1000), 1)).toEqual([4, 600]);
  });

  it("finds the cell under a point, and none beside it", () => {
    expect(rasterCell(layout, 52, 2)).toEqual({ row: 0, column: 0 });
    expect(rasterCell(layout, columnMiddle(layout, 7), 101.9)).toEqual({ row: 269, column: 7 });
    expect(rasterCell(layout, 51, 2)).toBeNull();
  });

  it("tells every step where all have room, else some at even distances and the last", () => {
    expect(toldColumns(layout, 12)).toEqual(Array.from({ length: 16 }, (_, at) => at));
    expect(toldColumns(layoutRaster(660, 124, 4, 31), 18)).toEqual([
      0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
    ]);
    // 45 pixels need 75 columns: 75 x 12 = 900, and 975 would stand too close to 999.
    const many = layoutRaster(660, 124, 4, 1000);
    expect(toldColumns(many, 33).slice(-3)).toEqual([825, 900, 999]);
    expect(toldColumns(layoutRaster(120, 124, 4, 2), 60)).toEqual([0]);
    expect(toldColumns(layoutRaster(660, 124, 4, 1), 33)).toEqual([0]);
  });

  it("tells no step twice, and none closer than its text is wide", () => {
    for (let columns = 1; columns < 90; columns++) {
      const at = layoutRaster(400, 124, 4, columns);
      const told = toldColumns(at, 30);
      expect(new Set(told).size).toBe(told.length);
      told.slice(1).forEach((each, index) => {
        const before = told[index] ?? 0;
        expect(columnMiddle(at, each) - columnMiddle(at, before)).toBeGreaterThanOrEqual(42 - 1e-9);
      });
    }
  });

  it("has strokes for all steps that can be told apart", () => {
    expect(strokesAll(layout)).toBe(true);
    expect(strokesAll(layoutRaster(660, 124, 4, 1000))).toBe(false);
  });
});
