/** Pixels of signed differences: less in one colour, more in another. Knows no signal and no view. */

import { BROKEN } from "./strips";

/** How differences become entries of a colour table. */
export interface ChangePaint {
  /** RGBA of 256 values from -1 to +1, 0 in the middle. */
  readonly table: Uint8ClampedArray;
  /** The square root of the size, not the size. */
  readonly root: boolean;
  /** Differences smaller than this have the colour of 0. */
  readonly least: number;
}

/**
 * RGBA pixels [rows, columns] of differences [queries, keys]; a pixel that stands for several shows the one of the largest size. 0 stays
 * transparent; what is not a number has the colour of that.
 */
export function paintChange(
  differences: Float32Array,
  queries: number,
  keys: number,
  rows: number,
  columns: number,
  paint: ChangePaint,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const words = new Uint32Array(pixels.buffer);
  const colours = new Uint32Array(paint.table.slice().buffer);
  const largest = largestChanges(differences, queries, keys, rows, columns);
  for (let at = 0; at < largest.length; at++) {
    const difference = largest[at] ?? 0;
    if (Number.isNaN(difference)) pixels.set([...BROKEN, 255], at * 4);
    else if (Math.abs(difference) >= paint.least && difference !== 0)
      words[at] = colours[changeEntry(difference, paint.root)] ?? 0;
  }
  return pixels;
}

/** Entry 0..255 of a table for a difference -1..1. */
export function changeEntry(difference: number, root: boolean): number {
  const size = Math.min(1, Math.abs(difference));
  return Math.round(127.5 + 127.5 * Math.sign(difference) * (root ? Math.sqrt(size) : size));
}

function largestChanges(
  differences: Float32Array,
  queries: number,
  keys: number,
  rows: number,
  columns: number,
): Float32Array {
  if (rows === queries && columns === keys) return differences;
  const found = new Float32Array(rows * columns);
  for (let query = 0; query < queries; query++) {
    const start = Math.floor((query * rows) / queries) * columns;
    for (let key = 0; key < keys; key++) {
      const at = start + Math.floor((key * columns) / keys);
      const difference = differences[query * keys + key] ?? 0;
      if (Math.abs(difference) > Math.abs(found[at] ?? 0) || Number.isNaN(difference))
        found[at] = difference;
    }
  }
  return found;
}
