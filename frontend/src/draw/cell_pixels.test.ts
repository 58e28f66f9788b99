import { describe, expect, it } from "vitest";
import type { HeadCells, Masked } from "../state/head_cells";
import type { Theme } from "../types";
import { cellOfPixel, largestCells, MASKED, paintCells } from "./cell_pixels";
import { changeRamp, luminance, parseColour, sequential } from "./colour";
import { palette } from "./palette";
import { BROKEN } from "./strips";

const NOTHING: Masked = { reach: null, columns: null, zeros: [] };

/** Every cell of exactly 0 is masked. */
function zeros(data: ArrayLike<number>): Masked {
  return { ...NOTHING, zeros: [Float32Array.from(data)] };
}

interface Options {
  readonly least?: number | readonly number[];
  readonly masked?: Masked;
  readonly signed?: boolean;
  readonly span?: number;
}

function cells(
  data: ArrayLike<number>,
  queries: number,
  keys: number,
  { least = 0, masked = NOTHING, signed = false, span = 1 }: Options = {},
): HeadCells {
  const smallest = Float32Array.from({ length: queries }, (_, query) =>
    typeof least === "number" ? least : (least[query] ?? 0),
  );
  return { queries, keys, data: Float32Array.from(data), signed, span, least: smallest, masked };
}

function pixel(pixels: Uint8ClampedArray, at: number): number[] {
  return [...pixels.subarray(at * 4, at * 4 + 4)];
}

describe("weights", () => {
  const table = sequential("light");
  const root = { table, root: true };
  const entry = (index: number): number[] => [...table.subarray(index * 4, index * 4 + 4)];

  it("takes the colour of the square root, or of the weight", () => {
    const weights = cells([0.25, 1, 0.04, 0.5], 2, 2, { least: 0.02 });
    const pixels = paintCells(weights, 2, 2, root);
    expect([0, 1, 2].map((at) => pixel(pixels, at))).toEqual([entry(128), entry(255), entry(51)]);
    expect(pixel(paintCells(weights, 2, 2, { table, root: false }), 3)).toEqual(entry(128));
  });

  it("leaves masked cells transparent, and gives too small ones the colour of 0", () => {
    const data = [0, 0.001, Number.NaN, 1];
    const pixels = paintCells(cells(data, 2, 2, { least: 0.02, masked: zeros(data) }), 2, 2, root);
    expect(pixel(pixels, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(pixels, 1)).toEqual(entry(0));
    expect(pixel(pixels, 2)).toEqual([...BROKEN, 255]);
  });

  it("gives a weight that happens to be 0 the colour of 0", () => {
    expect(pixel(paintCells(cells([0, 1], 1, 2), 1, 2, root), 0)).toEqual(entry(0));
  });

  it("draws cells larger than pixels, by strength", () => {
    const pixels = paintCells(cells([0.25, 1], 1, 2), 1, 4, root);
    expect([0, 1, 2, 3].map((x) => pixel(pixels, x))).toEqual(
      [128, 128, 255, 255].map((each) => entry(each)),
    );
  });

  it("keeps a lone weight when many cells share a pixel", () => {
    const weights = new Float32Array(100 * 100);
    weights[57 * 100 + 33] = 1;
    const found = largestCells(cells(weights, 100, 100), 10, 10);
    expect(found[5 * 10 + 3]).toBe(1);
    expect(found.filter((value) => value > 0)).toHaveLength(1);
  });
});

describe("masked cells", () => {
  const table = sequential("light");
  const alphas = (pixels: Uint8ClampedArray): number[] =>
    Array.from(pixels.filter((_, at) => at % 4 === 3));

  it("are those that causality, a column that is left out, or a mask that is known by its zeros hides", () => {
    const data = [1, 0, 0, 0.5, 0.5, 0, 0, 0.2, 0.8];
    const paint = (masked: Masked): number[] =>
      alphas(paintCells(cells(data, 3, 3, { masked }), 3, 3, { table, root: true }));
    const reach = Int32Array.of(0, 1, 2);
    expect(paint({ ...NOTHING, reach })).toEqual([255, 0, 0, 255, 255, 0, 255, 255, 255]);
    expect(paint({ ...NOTHING, columns: Uint8Array.of(0, 1, 0) })).toEqual([
      255, 0, 255, 255, 0, 255, 255, 0, 255,
    ]);
    expect(paint(zeros(data))).toEqual([255, 0, 0, 255, 255, 0, 0, 255, 255]);
  });

  it("are so in a difference only where both weights are", () => {
    const [own, other] = [Float32Array.of(0, 0.5, 0), Float32Array.of(0, 0.5, 0.25)];
    const masked = { ...NOTHING, zeros: [own, other] };
    const difference = cells([0, 0, -0.25], 1, 3, { masked, signed: true });
    expect(alphas(paintCells(difference, 1, 3, { table, root: true }))).toEqual([0, 255, 255]);
  });

  it("share a pixel with others without a trace", () => {
    const masked = { ...NOTHING, reach: Int32Array.of(0, 1) };
    expect([...largestCells(cells([0.5, 0, 0.25, 0.125], 2, 2, { masked }), 1, 1)]).toEqual([0.5]);
    const found = largestCells(cells([0.5, 0, 0, 0], 2, 2, { masked }), 2, 1);
    expect([...found]).toEqual([0.5, 0]);
    const none = { ...NOTHING, reach: Int32Array.of(-1, -1) };
    expect([...largestCells(cells([0, 0, 0, 0], 2, 2, { masked: none }), 1, 1)]).toEqual([MASKED]);
  });

  it.each<Theme>(["light", "dark"])(
    "have a ground that is not the colour of 0 or of no change, %s",
    (theme) => {
      const ground = luminance(parseColour(palette(theme).masked));
      for (const [ramp, zero] of [
        [sequential(theme), 0],
        [changeRamp(theme), 128],
      ] as const) {
        const [red = 0, green = 0, blue = 0] = ramp.subarray(zero * 4, zero * 4 + 3);
        const other = luminance([red, green, blue]);
        const contrast = (Math.max(ground, other) + 0.05) / (Math.min(ground, other) + 0.05);
        expect(contrast).toBeGreaterThan(1.12);
      }
    },
  );
});

describe("differences", () => {
  /** Entry n of the table is the colour (n, 0, 0). */
  const table = Uint8ClampedArray.from({ length: 1024 }, (_, at) =>
    at % 4 === 0 ? at / 4 : at % 4 === 3 ? 255 : 0,
  );
  const NO_CHANGE = 128;

  /** -1: transparent. */
  function reds(
    data: number[],
    [queries, keys, rows, columns]: readonly [number, number, number, number],
    options: Options = {},
  ): number[] {
    const all = cells(data, queries, keys, { ...options, signed: true });
    const pixels = paintCells(all, rows, columns, { table, root: false });
    return Array.from({ length: rows * columns }, (_, at) =>
      pixels[at * 4 + 3] === 0 ? -1 : (pixels[at * 4] ?? -2),
    );
  }

  it("has less in the lower half of the table, more in the upper one, and leaves masked cells transparent", () => {
    const data = [-1, -0.5, 0, 1];
    expect(reds(data, [2, 2, 2, 2], { masked: zeros(data) })).toEqual([0, 64, -1, 255]);
    expect(reds(data, [2, 2, 2, 2])).toEqual([0, 64, NO_CHANGE, 255]);
  });

  it("does not draw what is smaller than `least`, of either sign", () => {
    expect(reds([-0.1, 0.1, -0.3, 0.3], [2, 2, 2, 2], { least: 0.2 })).toEqual([
      NO_CHANGE,
      NO_CHANGE,
      89,
      166,
    ]);
  });

  it("shows the largest of several, whatever its sign", () => {
    expect(reds([0.2, -1, 0.5, 0.1], [1, 4, 1, 2])).toEqual([0, 191]);
  });

  it("shows what is not a number", () => {
    expect(reds([Number.NaN, 0], [1, 2, 1, 2])[0]).toBe(BROKEN[0]);
  });
});

describe("largestCells", () => {
  it("shows the largest of the weights of a pixel", () => {
    const size = 10;
    const weights = new Float32Array(size * size);
    weights[7 * size + 9] = 0.8;
    weights[7 * size + 8] = 0.1;
    const found = largestCells(cells(weights, size, size), 3, 3);
    expect(found[2 * 3 + 2]).toBeCloseTo(0.8);
    expect([...found].filter((weight) => weight > 0)).toHaveLength(1);
  });

  it("has the strongest colour at the span of differences", () => {
    const table = changeRamp("light");
    const shown = (span: number): number[] =>
      pixel(
        paintCells(cells([0.05], 1, 1, { signed: true, span }), 1, 1, { table, root: false }),
        0,
      );
    expect(shown(0.05)).toEqual([...table.subarray(4 * 255, 4 * 256)]);
    expect(shown(1)).toEqual([...table.subarray(4 * 134, 4 * 135)]);
  });

  it("has a smallest weight for each query, also where a pixel stands for several", () => {
    const all = cells([0.3, 0.3, 0.3, 0.3], 2, 2, { least: [0.5, 0.1] });
    const table = sequential("light");
    expect(pixel(paintCells(all, 2, 2, { table, root: true }), 0)).toEqual([
      ...table.subarray(0, 4),
    ]);
    expect(largestCells(all, 1, 1)[0]).toBeCloseTo(0.3);
    expect(largestCells(all, 2, 1)[0]).toBeLessThan(1e-6);
  });

  it("does not hide what is not a number behind larger weights", () => {
    expect(largestCells(cells([0.9, Number.NaN, 0.8, 0.1], 2, 2), 1, 1)[0]).toBeNaN();
  });

  it("covers every weight once whatever the sizes", () => {
    const weights = Float32Array.from({ length: 7 * 13 }, (_, at) => (at + 1) / 100);
    const found = largestCells(cells(weights, 7, 13), 3, 5);
    expect(Math.max(...found)).toBeCloseTo(0.91);
    expect([...found].every((weight) => weight > 0)).toBe(true);
  });
});

describe("cellOfPixel", () => {
  it("is the cell whose colour the pixel has", () => {
    const weights = Float32Array.from({ length: 7 * 13 }, (_, at) => ((at * 37) % 91) / 100);
    const all = cells(weights, 7, 13);
    const found = largestCells(all, 3, 5);
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 5; x++) {
        const { query, key } = cellOfPixel(all, [3, 5], y, x);
        expect(weights[query * 13 + key]).toBe(found[y * 5 + x]);
      }
  });

  it("is the largest in size of differences, and what is not a number before all", () => {
    const signed = { signed: true };
    expect(cellOfPixel(cells([0.2, -0.4], 1, 2, signed), [1, 1], 0, 0).key).toBe(1);
    expect(cellOfPixel(cells([0.9, Number.NaN], 1, 2), [1, 1], 0, 0).key).toBe(1);
  });

  it("is no masked one, and not one that is larger and not drawn", () => {
    const masked = { ...NOTHING, columns: Uint8Array.of(1, 0) };
    expect(cellOfPixel(cells([0, 0.1], 1, 2, { masked }), [1, 1], 0, 0).key).toBe(1);
    const least = [0.5, 0.1];
    expect(cellOfPixel(cells([0.4, 0.2], 2, 1, { least }), [1, 1], 0, 0).query).toBe(1);
  });

  it("is the cell itself where cells are not smaller than pixels", () => {
    expect(cellOfPixel(cells([1, 0, 0, 0], 2, 2), [2, 2], 1, 0)).toEqual({ query: 1, key: 0 });
  });
});
