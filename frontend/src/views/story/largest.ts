/** The largest weight of a head. Pure functions of numbers. */

import { type HeadCells, isMasked } from "../../state/head_cells";
import type { Layer } from "../../types";

/**
 * The cell of the largest weight; without the first row of a causal head, whose weight must go to
 * the first token. null where there is none.
 */
export function largestCell(
  cells: HeadCells,
  layer: Layer | null,
): { readonly query: number; readonly key: number } | null {
  const { queries, keys, data } = cells;
  const from = layer?.causal && layer.query_start === 0 && queries > 1 ? keys : 0;
  let [best, most] = [-1, Number.NEGATIVE_INFINITY];
  for (let at = from; at < data.length; at++) {
    const value = data[at] ?? Number.NaN;
    if (value > most) [best, most] = [at, value];
  }
  if (best < 0) return null;
  const found = { query: Math.floor(best / keys), key: best % keys };
  return isMasked(cells, found.query, found.key) ? null : found;
}
