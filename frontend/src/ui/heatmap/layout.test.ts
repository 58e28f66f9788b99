import { describe, expect, it } from "vitest";
import { cellOfPixel } from "../../draw/cell_pixels";
import {
  arrangeMaps,
  cellAtPoint,
  MAP_GAP,
  MAP_TITLE,
  type Maps,
  mapCorner,
  pictureSize,
  pixelAtPoint,
  SMALLEST_LABELLED,
  ticks,
} from "./layout";

const ROOM = {
  width: 650,
  height: 570,
  maps: 4,
  queries: 24,
  keys: 24,
  queryLabel: 60,
  keyLabel: 60,
  titled: true,
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

  it("fills the box where whole pixels would leave much of it empty", () => {
    const long = { ...ROOM, maps: 1, queries: 263, keys: 263, height: 420, titled: false };
    const at = arrangeMaps(long);
    expect(at.mapHeight).toBeGreaterThan(390);
    expect(at.contentHeight).toBeLessThanOrEqual(long.height);
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
    const large = arrangeMaps({
      ...ROOM,
      width: 1900,
      height: 1000,
      maps: 1,
      queries: 12,
      keys: 12,
    });
    // The whole height, but for labels and the name of the head.
    expect(large.cell).toBe(74);
    expect(large.font).toBe(15);
  });
});

describe("zoom", () => {
  const long = { ...ROOM, maps: 4, queries: 1024, keys: 1024 };

  it("makes cells larger until they can be read, and the content wider than the box", () => {
    const at = arrangeMaps({ ...long, zoom: 50 });
    expect(at.cell).toBeGreaterThanOrEqual(SMALLEST_LABELLED);
    expect(at.queryRoom).toBeGreaterThan(0);
    expect(at.contentWidth).toBeGreaterThan(10_000);
    expect(arrangeMaps({ ...long, zoom: 1e6 })).toMatchObject({ cell: 47, largest: true });
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

/** One head in a side panel, as wide as that. */
function panel(width: number, queries: number, keys: number, label: number): Maps {
  return arrangeMaps({
    width,
    height: width + 40,
    maps: 1,
    queries,
    keys,
    queryLabel: label,
    keyLabel: label,
    titled: false,
    ratio: 1,
    zoom: 1,
  });
}

describe("one map in a side panel", () => {
  it("labels a short text and fits the side panel", () => {
    const at = panel(290, 12, 12, 80);
    expect(at.font).toBe(12);
    expect(mapCorner(at, 0).x + at.mapWidth).toBeLessThanOrEqual(290);
    expect(at.cell).toBe(Math.floor(at.cell));
  });

  it("labels two dozen tokens in small print", () => {
    expect(panel(282, 24, 24, 72).font).toBe(9);
    expect(panel(282, 24, 24, 400).font).toBe(9);
  });

  it("gives the labels' room to the matrix where they do not fit, but for numbers of positions", () => {
    const at = panel(290, 64, 64, 80);
    expect(at.font).toBe(0);
    expect(at.queryRoom).toBeLessThan(80);
    expect(at.queryRoom).toBeGreaterThan(0);
    expect(panel(290, 1024, 1024, 80).mapWidth).toBeLessThanOrEqual(260);
  });

  it("keeps cells square for cross attention, and tall ones within reach", () => {
    const at = panel(290, 64, 8, 80);
    expect(at.mapWidth / at.mapHeight).toBe(8 / 64);
    expect(at.contentHeight).toBeLessThan(340);
  });

  it("needs no line of text above it", () => {
    expect(mapCorner(panel(290, 12, 12, 80), 0).y).toBe(88);
    expect(mapCorner(arrangeMaps({ ...ROOM, maps: 1 }), 0).y).toBeGreaterThan(MAP_TITLE + 60);
  });
});

describe("the picture of a map", () => {
  it("has a pixel for each cell, or for each device pixel where cells are smaller", () => {
    expect(pictureSize(panel(290, 12, 8, 80), { queries: 12, keys: 8 })).toEqual([12, 8]);
    const long = panel(290, 1024, 1024, 80);
    const side = Math.round(long.mapWidth);
    expect(pictureSize(long, long)).toEqual([side, side]);
    expect(pictureSize({ ...long, ratio: 2 }, long)).toEqual([2 * side, 2 * side]);
  });

  it("is pointed at where its pixel is seen", () => {
    const at = panel(290, 1024, 1024, 80);
    const [query, key] = [401, 203];
    const data = new Float32Array(1024 * 1024);
    data[query * 1024 + key] = 0.5;
    const masked = { reach: null, columns: null, zeros: [] };
    const least = new Float32Array(1024);
    const long = { queries: 1024, keys: 1024, data, signed: false, span: 1, least, masked };
    const size = pictureSize(at, at);
    const corner = mapCorner(at, 0);
    const [x, y] = [corner.x + Math.floor(key * at.cell), corner.y + Math.floor(query * at.cell)];
    const near = [0, 1].flatMap((dx) =>
      [0, 1].map((dy) => {
        const pixel = pixelAtPoint(at, size, x + dx, y + dy);
        return pixel && cellOfPixel(long, size, pixel.row, pixel.column);
      }),
    );
    expect(near).toContainEqual({ query, key });
  });
});

describe("ticks", () => {
  it("are few and round", () => {
    expect(ticks(64)).toEqual([0, 20, 40, 60]);
    expect(ticks(1024)).toEqual([0, 500, 1000]);
    expect(ticks(3)).toEqual([0, 1, 2]);
    expect(ticks(0)).toEqual([]);
  });
});
