/** Thumbnails pool tokens into bins: which tokens a bin holds, and where a thumbnail is darkest. */

import type { Thumbnails } from "../../types";

/** First and last token of a bin, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Tokens of bin `bin` of `bins` over `tokens`: token t falls into floor(t * bins / tokens), as the
 * plugin pools.
 */
export function binRange(bin: number, bins: number, tokens: number): Range {
  const start = (index: number): number => Math.ceil((index * tokens) / bins);
  return { first: start(bin), last: Math.max(start(bin), start(bin + 1) - 1) };
}

/** Positions of the first and the last token of every bin, where bins pool these tokens. */
export function binRows(
  tokens: readonly { readonly position: number }[],
  bins: number,
): { readonly first: readonly number[]; readonly last: readonly number[] } {
  const position = (at: number): number => tokens[at]?.position ?? at;
  const ranges = Array.from({ length: bins }, (_, bin) => binRange(bin, bins, tokens.length));
  return {
    first: ranges.map(({ first }) => position(first)),
    last: ranges.map(({ last }) => position(last)),
  };
}

/** One head's thumbnail, uint8 [rows, columns]. */
export function thumbnailOf(thumbnails: Thumbnails, row: number, head: number): Uint8Array {
  const size = thumbnails.rows * thumbnails.columns;
  const at = (row * thumbnails.heads + head) * size;
  return thumbnails.data.subarray(at, at + size);
}

export interface Peak {
  readonly row: number;
  readonly column: number;
  /** Mean weight that the bin's queries give to its keys, 0..1. */
  readonly mass: number;
}

/** The largest value; null where there is none. `from` leaves out the first rows. */
export function peakOf(
  values: ArrayLike<number>,
  columns: number,
  from = 0,
): { row: number; column: number; value: number } | null {
  let best = -1;
  let most = 0;
  for (let at = from * columns; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (value > most) {
      most = value;
      best = at;
    }
  }
  return best < 0 ? null : { row: Math.floor(best / columns), column: best % columns, value: most };
}

/**
 * The darkest cell of a thumbnail. The first row of a causal head is left out where there is
 * another: its tokens see nothing but themselves, so that it is dark in every head.
 */
export function peakBin(thumbnail: Uint8Array, columns: number, causal: boolean): Peak | null {
  const from = causal && thumbnail.length > columns ? 1 : 0;
  const peak = peakOf(thumbnail, columns, from);
  return peak && { row: peak.row, column: peak.column, mass: (peak.value / 255) ** 2 };
}
