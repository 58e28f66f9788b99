/** One head enlarged: where its matrix stands beside its labels, its pixels, and what is under a point. */

import { BROKEN } from "../../draw/strips";

/** Numbers [rows, columns]; rows are queries, columns keys. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

export interface MatrixLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Side of one (query, key); under one CSS pixel for long texts. */
  readonly cell: number;
  /** Size of the labels beside each row and under each column; 0 where they do not fit. */
  readonly font: number;
}

const CELL_MOST = 30;
/** Cells from which labels of 12 px fit, and small ones of 9 px. */
const LABELLED = 13;
const LABELLED_SMALL = 8;
const SMALL = 0.75;
const TICKS = 30;
const BELOW = 62;

/** Square cells as large as the room allows. `labels`: width that the row labels need at 12 px. */
export function matrixLayout(
  width: number,
  queries: number,
  keys: number,
  labels: number,
): MatrixLayout {
  const fits = (left: number): number =>
    Math.min(
      CELL_MOST,
      (width - left - 8) / Math.max(1, keys),
      (width - 40) / Math.max(1, queries),
    );
  const [large, small] = [fits(labels), fits(labels * SMALL)];
  const font = large >= LABELLED ? 12 : small >= LABELLED_SMALL ? 9 : 0;
  const left = font === 12 ? labels : font === 9 ? labels * SMALL : TICKS;
  const most = fits(left);
  const cell = most >= 4 ? Math.floor(most) : most;
  return { left, top: 4, width: cell * keys, height: cell * queries, cell, font };
}

/** Height that matrix and labels need. */
export function matrixHeight(layout: MatrixLayout): number {
  return layout.top + layout.height + (layout.font > 0 ? BELOW : 20);
}

/** (query, key) under a point; under one pixel a cell it is the largest weight that the pixel holds. */
export function pairAt(
  layout: MatrixLayout,
  grid: Grid,
  x: number,
  y: number,
): { query: number; key: number } | null {
  const [dx, dy] = [x - layout.left, y - layout.top];
  if (dx < 0 || dy < 0 || dx >= layout.width || dy >= layout.height) return null;
  const rows = bounds(dy, layout.cell, grid.rows);
  const columns = bounds(dx, layout.cell, grid.columns);
  let [best, most] = [{ query: rows[0], key: columns[0] }, -1];
  for (let query = rows[0]; query < rows[1]; query++) {
    for (let key = columns[0]; key < columns[1]; key++) {
      const weight = grid.data[query * grid.columns + key] ?? 0;
      if (weight > most) [best, most] = [{ query, key }, weight];
    }
  }
  return best;
}

function bounds(offset: number, cell: number, count: number): [number, number] {
  const first = Math.min(count - 1, Math.floor(offset / cell));
  return [first, Math.min(count, Math.max(first + 1, Math.floor((Math.floor(offset) + 1) / cell)))];
}

/** RGBA pixels [height, width] of a grid; where several cells fall on a pixel it shows the largest, so that thin lines survive. */
export function paintGrid(
  grid: Grid,
  width: number,
  height: number,
  ramp: Uint8ClampedArray,
  strength: (weight: number) => number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = source(y, height, grid.rows);
    for (let x = 0; x < width; x++) {
      const [left, right] = source(x, width, grid.columns);
      const weight = largestIn(grid, top, bottom, left, right);
      const at = 4 * (y * width + x);
      const entry = Number.isNaN(weight) ? -1 : 4 * Math.round(255 * strength(weight));
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] = entry < 0 ? (BROKEN[channel] ?? 0) : (ramp[entry + channel] ?? 0);
      }
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

function source(pixel: number, pixels: number, cells: number): [number, number] {
  const first = Math.floor((pixel * cells) / pixels);
  return [first, Math.max(first + 1, Math.floor(((pixel + 1) * cells) / pixels))];
}

/** NaN where any of the cells is NaN. */
function largestIn(grid: Grid, top: number, bottom: number, left: number, right: number): number {
  let most = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const value = grid.data[row * grid.columns + column] ?? 0;
      if (Number.isNaN(value)) return value;
      if (value > most) most = value;
    }
  }
  return most;
}

/** Share 0..1 of all weight that lies in cells under `smallest`, which are not drawn. */
export function hiddenShare(grid: Grid, smallest: number): number {
  let [hidden, all] = [0, 0];
  for (const value of grid.data) {
    if (!(value > 0)) continue;
    all += value;
    if (value < smallest) hidden += value;
  }
  return all === 0 ? 0 : hidden / all;
}

/** Positions that get a number where labels do not fit: about five, at a round distance. */
export function ticks(count: number): number[] {
  const rough = Math.max(1, count / 5);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
}
