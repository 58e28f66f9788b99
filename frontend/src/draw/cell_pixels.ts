/**
 * Pixels of the cells of a head: weights in one ramp, differences in another, masked cells
 * transparent. Knows no signal and no view.
 */

import { type HeadCells, isMasked } from "../state/head_cells";
import { changeEntry, weightEntry } from "./colour";
import { BROKEN } from "./strips";

/** How cells become entries of a colour table. */
export interface CellColours {
  /** RGBA of 256 strengths, 0 first; of differences -1 to +1, 0 in the middle. */
  readonly table: Uint8ClampedArray;
  /** The square root of the size, not the size. */
  readonly root: boolean;
}

/** Stands for a pixel whose cells are all masked. */
export const MASKED = Number.NEGATIVE_INFINITY;

/**
 * RGBA pixels [rows, columns] of cells; a pixel that stands for several shows the largest of them.
 * Masked cells are transparent, which no weight and no difference is, not even 0; what is not a
 * number has the colour of that.
 */
export function paintCells(
  cells: HeadCells,
  rows: number,
  columns: number,
  { table, root }: CellColours,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const words = new Uint32Array(pixels.buffer);
  const colours = new Uint32Array(table.slice().buffer);
  const entry = cells.signed ? changeEntry : weightEntry;
  const largest = largestCells(cells, rows, columns);
  const zero = colours[entry(0, root)] ?? 0;
  for (let at = 0; at < largest.length; at++) {
    const value = largest[at] as number;
    if (value === 0) words[at] = zero;
    else if (Number.isNaN(value)) pixels.set([...BROKEN, 255], at * 4);
    else if (value !== MASKED) words[at] = colours[entry(value / cells.span, root)] as number;
  }
  return pixels;
}

/**
 * The largest cell of each of [rows, columns] pixels: 0 where none is drawn, NaN where any is,
 * MASKED where all are.
 */
export function largestCells(cells: HeadCells, rows: number, columns: number): Float32Array {
  const { queries, keys, data, signed, least, masked } = cells;
  const { reach, columns: left } = masked;
  const hasZeros = masked.zeros.length > 0;
  const first = Uint32Array.from({ length: columns }, (_, x) => firstCell(x, keys, columns));
  const end = Uint32Array.from({ length: columns }, (_, x) => endCell(x, keys, columns));
  const found = new Float32Array(rows * columns).fill(MASKED);
  for (let y = 0; y < rows; y++) {
    const bottom = endCell(y, queries, rows);
    for (let query = firstCell(y, queries, rows); query < bottom; query++) {
      const stop = Math.min(keys, (reach?.[query] ?? keys) + 1);
      const smallest = least[query] ?? 0;
      const row = query * keys;
      for (let x = 0; x < columns; x++) {
        let key = first[x] as number;
        if (key >= stop) break;
        const last = Math.min(stop, end[x] as number);
        const at = y * columns + x;
        let most = found[at] as number;
        // As `larger` does it; a call for each of a million cells would take twice as long.
        let size =
          most === MASKED ? -1 : Number.isNaN(most) ? Number.POSITIVE_INFINITY : Math.abs(most);
        for (; key < last; key++) {
          const value = data[row + key] as number;
          if (value === 0 && hasZeros && (!signed || isMasked(cells, query, key))) continue;
          if (left !== null && left[key] === 1) continue;
          const own = Math.abs(value);
          if (own < smallest) {
            if (size < 0) most = size = 0;
          } else if (own > size) {
            most = value;
            size = own;
          } else if (Number.isNaN(value)) {
            most = value;
            size = Number.POSITIVE_INFINITY;
          }
        }
        found[at] = most;
      }
    }
  }
  return found;
}

/**
 * Which cell a pixel shows, where [rows, columns] pixels show all cells; the first of those it
 * stands for where none is drawn.
 */
export function cellOfPixel(
  cells: HeadCells,
  [rows, columns]: readonly [rows: number, columns: number],
  y: number,
  x: number,
): { readonly query: number; readonly key: number } {
  const [top, bottom] = [firstCell(y, cells.queries, rows), endCell(y, cells.queries, rows)];
  const [left, right] = [firstCell(x, cells.keys, columns), endCell(x, cells.keys, columns)];
  let [best, most] = [{ query: top, key: left }, MASKED];
  for (let query = top; query < bottom; query++) {
    for (let key = left; key < right; key++) {
      if (isMasked(cells, query, key)) continue;
      const next = larger(most, cells.data[query * cells.keys + key] ?? 0, cells.least[query] ?? 0);
      if (!Object.is(next, most)) [best, most] = [{ query, key }, next];
    }
  }
  return best;
}

/** The larger of what a pixel shows so far and one more cell. */
function larger(most: number, value: number, smallest: number): number {
  if (Number.isNaN(most) || Number.isNaN(value)) return Number.NaN;
  const drawn = Math.abs(value) < smallest ? 0 : value;
  return most === MASKED || Math.abs(drawn) > Math.abs(most) ? drawn : most;
}

function firstCell(pixel: number, cells: number, pixels: number): number {
  return Math.floor((pixel * cells) / pixels);
}

/** Behind the last cell of a pixel, which has one at least. */
function endCell(pixel: number, cells: number, pixels: number): number {
  return Math.max(firstCell(pixel, cells, pixels) + 1, firstCell(pixel + 1, cells, pixels));
}
