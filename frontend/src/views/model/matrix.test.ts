import { describe, expect, it } from "vitest";
import { BROKEN } from "../../draw/strips";
import {
  type Grid,
  hiddenShare,
  matrixHeight,
  matrixLayout,
  paintGrid,
  pairAt,
  ticks,
} from "./matrix";

const ramp = Uint8ClampedArray.from({ length: 1024 }, (_, at) =>
  at % 4 === 3 ? 255 : Math.floor(at / 4),
);

function grid(rows: number, columns: number, values: number[] = []): Grid {
  return {
    rows,
    columns,
    data: Float32Array.from({ length: rows * columns }, (_, at) => values[at] ?? 0),
  };
}

describe("matrixLayout", () => {
  it("labels a short text and fits the side panel", () => {
    const layout = matrixLayout(290, 12, 12, 80);
    expect(layout.font).toBe(12);
    expect(layout.left + layout.width).toBeLessThanOrEqual(290);
    expect(layout.cell).toBe(Math.floor(layout.cell));
  });
  it("labels two dozen tokens in small print", () => {
    expect(matrixLayout(282, 24, 24, 72).font).toBe(9);
  });
  it("gives the labels' room to the matrix where they do not fit", () => {
    const layout = matrixLayout(290, 64, 64, 80);
    expect(layout.font).toBe(0);
    expect(layout.left).toBeLessThan(80);
    expect(matrixLayout(290, 1024, 1024, 80).width).toBeLessThanOrEqual(260);
  });
  it("keeps cells square for cross attention, and tall ones within reach", () => {
    const layout = matrixLayout(290, 64, 8, 80);
    expect(layout.width / layout.height).toBe(8 / 64);
    expect(matrixHeight(layout)).toBeLessThan(340);
  });
});

describe("pairAt", () => {
  it("is the cell under the point", () => {
    const layout = matrixLayout(290, 12, 12, 80);
    const [x, y] = [layout.left + 4.5 * layout.cell, layout.top + 8.5 * layout.cell];
    expect(pairAt(layout, grid(12, 12), x, y)).toEqual({ query: 8, key: 4 });
    expect(pairAt(layout, grid(12, 12), layout.left - 1, y)).toBeNull();
    expect(pairAt(layout, grid(12, 12), layout.left + layout.width, y)).toBeNull();
  });
  it("finds the largest of the weights that one pixel holds", () => {
    const long = grid(1024, 1024);
    const layout = matrixLayout(290, 1024, 1024, 80);
    const [query, key] = [401, 203];
    long.data[query * 1024 + key] = 0.5;
    const x = layout.left + Math.floor(key * layout.cell);
    const y = layout.top + Math.floor(query * layout.cell);
    const near = [0, 1].flatMap((dx) => [0, 1].map((dy) => pairAt(layout, long, x + dx, y + dy)));
    expect(near).toContainEqual({ query, key });
  });
});

describe("paintGrid", () => {
  it("keeps a lone weight when many cells share a pixel", () => {
    const long = grid(100, 100);
    long.data[57 * 100 + 33] = 1;
    const pixels = paintGrid(long, 10, 10, ramp, (weight) => weight);
    expect(pixels[4 * (5 * 10 + 3)]).toBe(255);
    expect(pixels.filter((value, at) => at % 4 === 0 && value > 0)).toHaveLength(1);
  });
  it("draws cells larger than pixels, by strength", () => {
    const pixels = paintGrid(grid(1, 2, [0.25, 1]), 4, 1, ramp, Math.sqrt);
    expect([0, 1, 2, 3].map((x) => pixels[4 * x])).toEqual([128, 128, 255, 255]);
  });
  it("marks what is not a number", () => {
    const pixels = paintGrid(grid(1, 1, [Number.NaN]), 1, 1, ramp, (weight) => weight);
    expect([...pixels.slice(0, 3)]).toEqual([...BROKEN]);
  });
});

describe("hiddenShare", () => {
  it("is what the smallest weight keeps from being drawn", () => {
    expect(hiddenShare(grid(2, 2, [0.9, 0.1, 0.05, 0.95]), 0.2)).toBeCloseTo(0.075);
    expect(hiddenShare(grid(2, 2), 0.2)).toBe(0);
    expect(hiddenShare(grid(1, 2, [Number.NaN, 1]), 0.2)).toBe(0);
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
