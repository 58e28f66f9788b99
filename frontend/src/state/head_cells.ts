/**
 * One head as the cells of a heat map: its weights, or what they are more or less than others;
 * which are drawn, and which masked. Pure.
 */

import type { Layer } from "../types";
import { leastChange, leastWeight, spanOf } from "./least";
import { massCutoff, type Plan } from "./reading";

/** Rows are queries, columns keys: data[query * keys + key]. */
export interface HeadCells {
  readonly queries: number;
  readonly keys: number;
  readonly data: Float32Array;
  /** Differences, which have signs, instead of weights. */
  readonly signed: boolean;
  /** What the strongest colour stands for: 1, of differences what `spanOf` says. */
  readonly span: number;
  /** least[query]: what is smaller is not drawn and has the colour of 0. */
  readonly least: Float32Array;
  readonly masked: Masked;
}

/**
 * Which cells hold no weight at all: a mask hides the key from the query, or the key is left out.
 */
export interface Masked {
  /** reach[query]: the last column that causality lets it see, -1 for none; null: every column. */
  readonly reach: Int32Array | null;
  /** 1: this column is left out; null: none is. */
  readonly columns: Uint8Array | null;
  /**
   * The weights that the cells are made of: where all are exactly 0 a cell is masked. Empty: 0 is a
   * weight like any other.
   */
  readonly zeros: readonly Float32Array[];
}

/** Which weights are too small to be drawn. */
export interface Limits {
  /** Smaller weights are not drawn; null: it scales with the keys that a query sees. */
  readonly smallest: number | null;
  /**
   * Of each query only the largest weights are drawn that together make this share of its own; 1:
   * all of them.
   */
  readonly share: number;
}

/** Tokens first[row] .. last[row] of a row or a column. */
interface Rows {
  readonly first: ArrayLike<number>;
  readonly last: ArrayLike<number>;
}

/**
 * The cells of a head that show `data`: its weights, or the difference of two. `weights`: the ones
 * that it is made of, read as `plan` says. `layer` null: nothing is known of its masks. `span`: of
 * differences that are seen together.
 */
export function headCells(
  data: Float32Array,
  weights: readonly Float32Array[],
  plan: Plan,
  layer: Layer | null,
  limits: Limits,
  span = weights.length > 1 ? spanOf(data) : 1,
): HeadCells {
  const { queries, keys } = plan;
  const shape = { queries: queries.count, keys: keys.count };
  const isKnown = layer?.causal && !layer.weights_only;
  const masked: Masked = {
    reach: isKnown ? reachOf(queries, keys, layer.query_start) : null,
    columns: leftColumns(plan),
    zeros: hidesByZeros(layer) ? weights : [],
  };
  const cells = { ...shape, data, signed: weights.length > 1, span, masked };
  return { ...cells, least: leastsOf(cells, limits) };
}

/** Of a long text a loop takes a quarter of the time of `map`, 4 of 15 ms at 1,024 tokens. */
export function differenceOf(a: Float32Array, b: Float32Array): Float32Array {
  const difference = new Float32Array(a.length);
  for (let at = 0; at < a.length; at++) difference[at] = (a[at] ?? 0) - (b[at] ?? Number.NaN);
  return difference;
}

/** The smallest weight of each query that is drawn; of differences the smallest size. */
export function leastsOf(
  { queries, keys, data, signed, span, masked }: Omit<HeadCells, "least">,
  { smallest, share }: Limits,
): Float32Array {
  const seen = smallest === null && !signed ? keysSeen(queries, keys, masked) : null;
  const least = Float32Array.from({ length: queries }, (_, query) =>
    signed ? leastChange(smallest, span) : leastWeight(smallest, seen?.[query] ?? keys),
  );
  if (share >= 1) return least;
  return least.map((own, query) => {
    const row = data.subarray(query * keys, (query + 1) * keys);
    return Math.max(own, massCutoff(row.map(Math.abs), share));
  });
}

/** How many keys each query sees. */
export function keysSeen(
  queries: number,
  keys: number,
  { reach, columns, zeros }: Masked,
): Int32Array {
  return Int32Array.from({ length: queries }, (_, query) => {
    const stop = Math.min(keys, (reach?.[query] ?? keys) + 1);
    let count = 0;
    for (let key = 0; key < stop; key++) {
      if (columns?.[key] === 1) continue;
      const at = query * keys + key;
      if (zeros.length === 0 || zeros.some((each) => each[at] !== 0)) count++;
    }
    return count;
  });
}

/**
 * The last column whose tokens begin no later than each row's end. Rows count from token `start` of
 * the columns' text.
 */
export function reachOf(rows: Rows, columns: Rows, start: number): Int32Array {
  let column = -1;
  return Int32Array.from(rows.last, (last) => {
    while (
      column + 1 < columns.first.length &&
      (columns.first[column + 1] ?? Number.POSITIVE_INFINITY) <= last + start
    )
      column++;
    return column;
  });
}

export function isMasked({ data, keys, masked }: HeadCells, query: number, key: number): boolean {
  if (key > (masked.reach?.[query] ?? keys) || masked.columns?.[key] === 1) return true;
  const at = query * keys + key;
  return data[at] === 0 && masked.zeros.length > 0 && masked.zeros.every((each) => each[at] === 0);
}

/** Share 0..1 of all weight that lies in cells which are not drawn. */
export function undrawnShare({ keys, data, least }: HeadCells): number {
  let [undrawn, all] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    const weight = Math.abs(data[at] ?? 0);
    if (!(weight > 0)) continue;
    all += weight;
    if (weight < (least[Math.floor(at / keys)] ?? 0)) undrawn += weight;
  }
  return all === 0 ? 0 : undrawn / all;
}

/** Masks beyond causality do not come with the weights: what they hide is what is exactly 0. */
function hidesByZeros(layer: Layer | null): boolean {
  return layer === null || layer.mask !== null || layer.bias !== null || layer.weights_only;
}

/** Columns of which every token is left out. */
function leftColumns({ keys, hidden }: Plan): Uint8Array | null {
  if (hidden === null) return null;
  return Uint8Array.from(keys.first, (first, column) =>
    Number(hidden.subarray(first, (keys.last[column] ?? first) + 1).every((each) => each === 1)),
  );
}
