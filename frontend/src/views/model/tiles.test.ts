import { describe, expect, it } from "vitest";
import { covers, dividedCovers, fillBox, paintTile, type TileMask, thumbnailTable } from "./tiles";

/** Value v has the colour (v, v, v). */
const grey = Uint8ClampedArray.from({ length: 1024 }, (_, at) =>
  at % 4 === 3 ? 255 : Math.floor(at / 4),
);

function paint(
  values: number[],
  columns: number,
  size: number,
  mask: TileMask | null = null,
): number[] {
  const rows = values.length / columns;
  const pixels = new Uint8ClampedArray(size * size * 4);
  const tile = { left: 0, top: 0, width: size, height: size };
  paintTile(
    pixels,
    size,
    tile,
    Uint8Array.from(values),
    covers(rows, size),
    covers(columns, size),
    columns,
    grey,
    mask,
  );
  return Array.from({ length: size * size }, (_, at) => pixels[at * 4] ?? -1);
}

describe("dividedCovers", () => {
  it("leaves what is under the tile between A's columns and B's", () => {
    const pixels = new Uint8ClampedArray(4 * 8);
    const tile = { left: 0, top: 0, width: 8, height: 1 };
    fillBox(pixels, 8, tile, [7, 7, 7]);
    const across = dividedCovers(4, 8, 1);
    paintTile(pixels, 8, tile, Uint8Array.of(1, 2, 3, 4), covers(1, 1), across, 4, grey);
    expect(Array.from({ length: 8 }, (_, at) => pixels[4 * at])).toEqual([1, 1, 2, 7, 3, 3, 4, 4]);
  });
});

describe("covers", () => {
  it("shares out every pixel, and every cell equally", () => {
    for (const [cells, pixels] of [
      [12, 44],
      [32, 32],
      [32, 48],
      [32, 20],
      [30, 7],
      [1, 9],
    ] as const) {
      const sums = new Array<number>(cells).fill(0);
      for (const { first, shares } of covers(cells, pixels)) {
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        shares.forEach((share, at) => {
          sums[first + at] = (sums[first + at] ?? 0) + share;
        });
      }
      for (const sum of sums) expect(sum).toBeCloseTo(pixels / cells, 6);
    }
  });
});

describe("paintTile", () => {
  it("is sharp at whole multiples", () => {
    expect(paint([10, 20, 30, 40], 2, 4)).toEqual([
      10, 10, 20, 20, 10, 10, 20, 20, 30, 30, 40, 40, 30, 30, 40, 40,
    ]);
  });
  it("mixes by area otherwise", () => {
    expect(paint([0, 90], 2, 3).slice(0, 3)).toEqual([0, 45, 90]);
    expect(paint([10, 20, 30, 40], 2, 1)).toEqual([25]);
  });
  it("has the colour of masked cells where a pixel covers nothing else", () => {
    const mask = {
      cells: Uint8Array.of(0, 1, 0, 1),
      colour: [7, 8, 9] as const,
      hatch: null,
      stroke: 1,
    };
    expect(paint([0, 0, 90, 0], 2, 2, mask)).toEqual([0, 7, 90, 7]);
    expect(paint([0, 0, 90, 0], 2, 3, mask).slice(6)).toEqual([90, 45, 7]);
  });
  it("has strokes over masked cells where they are asked for", () => {
    const hatch = [1, 1, 1] as const;
    const mask = { cells: Uint8Array.of(1), colour: [7, 7, 7] as const, hatch, stroke: 1 };
    expect(paint([90], 1, 4, mask)).toEqual([1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 1]);
    // Of a figure, which has two pixels for each of the screen.
    const fine = paint([90], 1, 4, { ...mask, stroke: 2 });
    expect(fine).toEqual([1, 1, 7, 7, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
  });
  it("writes only into its own place", () => {
    const pixels = new Uint8ClampedArray(3 * 1 * 4);
    paintTile(
      pixels,
      3,
      { left: 1, top: 0, width: 1, height: 1 },
      Uint8Array.of(200),
      covers(1, 1),
      covers(1, 1),
      1,
      grey,
    );
    expect([pixels[0], pixels[4], pixels[7], pixels[8]]).toEqual([0, 200, 255, 0]);
  });
});

describe("fillBox", () => {
  it("fills its box and nothing else", () => {
    const pixels = new Uint8ClampedArray(3 * 3 * 4);
    fillBox(pixels, 3, { left: 1, top: 1, width: 2, height: 1 }, [9, 8, 7]);
    expect([...pixels.slice(16, 24)]).toEqual([9, 8, 7, 255, 9, 8, 7, 255]);
    expect(pixels.reduce((a, b) => a + b)).toBe(2 * (9 + 8 + 7 + 255));
  });
});

describe("thumbnailTable", () => {
  it("undoes the square root of the bytes, so that the strength sees the mass", () => {
    const linear = thumbnailTable(grey, (mass) => mass);
    const root = thumbnailTable(grey, Math.sqrt);
    expect([linear[4 * 128], root[4 * 128], linear[4 * 255], root[0]]).toEqual([64, 128, 255, 0]);
  });
});
