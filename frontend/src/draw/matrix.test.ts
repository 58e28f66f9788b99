import { describe, expect, it } from "vitest";
import { sequential } from "./colour";
import {
  arrangeMaps,
  cellAtPoint,
  largestWeights,
  MAP_GAP,
  MAP_TITLE,
  mapCorner,
  paintWeights,
  SMALLEST_LABELLED,
} from "./matrix";
import { BROKEN } from "./strips";

const ROOM = {
  width: 650,
  height: 570,
  maps: 4,
  queries: 24,
  keys: 24,
  queryLabel: 60,
  keyLabel: 60,
  ratio: 1,
  zoom: 1,
};

describe("arrangeMaps", () => {
  it("gives every map a whole number of device pixels for each cell", () => {
    for (const ratio of [1, 1.5, 2]) {
      const { cell } = arrangeMaps({ ...ROOM, ratio });
      expect(cell * ratio).toBeCloseTo(Math.round(cell * ratio), 6);
    }
  });

  it("fits the maps into the box where they stay readable", () => {
    for (const maps of [1, 2, 3, 4, 6]) {
      const at = arrangeMaps({ ...ROOM, maps });
      expect(at.contentHeight).toBeLessThanOrEqual(ROOM.height);
      const last = mapCorner(at, at.across - 1);
      expect(last.x + at.mapWidth).toBeLessThanOrEqual(ROOM.width);
    }
  });

  it("labels large cells only", () => {
    const one = arrangeMaps({ ...ROOM, maps: 1 });
    expect(one.cell).toBeGreaterThanOrEqual(SMALLEST_LABELLED);
    expect(one.queryRoom).toBeGreaterThan(0);
    const many = arrangeMaps({ ...ROOM, maps: 12, queries: 64, keys: 64 });
    expect([many.queryRoom, many.keyRoom]).toEqual([0, 0]);
  });

  it("scrolls rather than shrink maps to nothing", () => {
    const at = arrangeMaps({ ...ROOM, maps: 48, queries: 64, keys: 64 });
    expect(at.mapWidth).toBeGreaterThanOrEqual(128);
    expect(at.contentHeight).toBeGreaterThan(ROOM.height);
  });

  it("takes cells of less than a pixel for long passages, and does not blow up short ones", () => {
    const long = arrangeMaps({ ...ROOM, maps: 12, queries: 1024, keys: 1024 });
    expect(long.cell).toBeLessThan(1);
    expect(long.mapWidth).toBeGreaterThanOrEqual(149);
    expect(arrangeMaps({ ...ROOM, maps: 1, queries: 2, keys: 2 }).mapWidth).toBeLessThan(100);
  });
});

describe("zoom", () => {
  const long = { ...ROOM, maps: 4, queries: 1024, keys: 1024 };

  it("makes cells larger until they can be read, and the content wider than the box", () => {
    const at = arrangeMaps({ ...long, zoom: 50 });
    expect(at.cell).toBeGreaterThanOrEqual(SMALLEST_LABELLED);
    expect(at.queryRoom).toBeGreaterThan(0);
    expect(at.contentWidth).toBeGreaterThan(10_000);
    expect(arrangeMaps({ ...long, zoom: 1e6 })).toMatchObject({ cell: 36, largest: true });
    expect(arrangeMaps(long).contentWidth).toBeLessThanOrEqual(ROOM.width);
  });

  it("keeps as many maps beside each other, and cells where they are looked for", () => {
    const at = arrangeMaps({ ...long, zoom: 8 });
    expect(at.across).toBe(arrangeMaps(long).across);
    const corner = mapCorner(at, 1);
    expect(cellAtPoint(at, corner.x + 700.5 * at.cell, corner.y + 20.5 * at.cell)).toEqual({
      map: 1,
      query: 20,
      key: 700,
    });
  });
});

describe("cellAtPoint", () => {
  const at = arrangeMaps(ROOM);

  it("finds the cell in the middle of which a point is, in every map", () => {
    for (let map = 0; map < 4; map++) {
      const corner = mapCorner(at, map);
      const found = cellAtPoint(at, corner.x + 3.5 * at.cell, corner.y + 20.5 * at.cell);
      expect(found).toEqual({ map, query: 20, key: 3 });
    }
  });

  it("finds nothing beside the maps", () => {
    const corner = mapCorner(at, 0);
    expect(cellAtPoint(at, corner.x - 1, corner.y + 5)).toBeNull();
    expect(cellAtPoint(at, corner.x + at.mapWidth + MAP_GAP / 2, corner.y + 5)).toBeNull();
    expect(cellAtPoint(at, corner.x + 5, corner.y - MAP_TITLE / 2)).toBeNull();
  });
});

describe("paintWeights", () => {
  const table = sequential("light");
  const paint = { table, root: true, least: () => 0.02 };
  const pixel = (pixels: Uint8ClampedArray, at: number): number[] => [
    ...pixels.subarray(at * 4, at * 4 + 4),
  ];
  const entry = (index: number): number[] => [...table.subarray(index * 4, index * 4 + 4)];

  it("takes the colour of the square root, or of the weight", () => {
    const weights = new Float32Array([0.25, 1, 0.04, 0.5]);
    const root = paintWeights(weights, 2, 2, 2, 2, paint);
    expect([0, 1, 2].map((at) => pixel(root, at))).toEqual([entry(128), entry(255), entry(51)]);
    expect(pixel(paintWeights(weights, 2, 2, 2, 2, { ...paint, root: false }), 3)).toEqual(
      entry(128),
    );
  });

  it("leaves masked cells transparent, and gives too small ones the colour of 0", () => {
    const pixels = paintWeights(new Float32Array([0, 0.001, Number.NaN, 1]), 2, 2, 2, 2, paint);
    expect(pixel(pixels, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(pixels, 1)).toEqual(entry(0));
    expect(pixel(pixels, 2)).toEqual([...BROKEN, 255]);
  });

  it("shows the largest of the weights of a pixel", () => {
    const size = 10;
    const weights = new Float32Array(size * size);
    weights[7 * size + 9] = 0.8;
    weights[7 * size + 8] = 0.1;
    const found = largestWeights(weights, size, size, 3, 3, () => 0);
    expect(found[2 * 3 + 2]).toBeCloseTo(0.8);
    expect([...found].filter((weight) => weight > 0)).toHaveLength(1);
  });

  it("has a smallest weight for each query, also where a pixel stands for several", () => {
    const weights = new Float32Array([0.3, 0.3, 0.3, 0.3]);
    const least = (query: number): number => (query === 0 ? 0.5 : 0.1);
    expect(pixel(paintWeights(weights, 2, 2, 2, 2, { ...paint, least }), 0)).toEqual(entry(0));
    expect(largestWeights(weights, 2, 2, 1, 1, least)[0]).toBeCloseTo(0.3);
    expect(largestWeights(weights, 2, 2, 2, 1, least)[0]).toBeLessThan(1e-6);
  });

  it("does not hide what is not a number behind larger weights", () => {
    const found = largestWeights(
      new Float32Array([0.9, Number.NaN, 0.8, 0.1]),
      2,
      2,
      1,
      1,
      () => 0,
    );
    expect(found[0]).toBeNaN();
  });

  it("covers every weight once whatever the sizes", () => {
    const weights = Float32Array.from({ length: 7 * 13 }, (_, at) => (at + 1) / 100);
    const found = largestWeights(weights, 7, 13, 3, 5, () => 0);
    expect(Math.max(...found)).toBeCloseTo(0.91);
    expect([...found].every((weight) => weight > 0)).toBe(true);
  });
});
