/**
 * Which cells of a thumbnail hold no weight: those of later tokens in a causal layer, and of tokens
 * that are left out.
 */

import { type Masked, reachOf } from "../../state/head_cells";
import { hiddenOf } from "../../state/hidden";
import type { Thumbnails } from "../../types";
import { binRows } from "./bins";
import { paramsOf, shownKeys, shownQueries } from "./state";

/**
 * Other masks are not known here: a thumbnail is too coarse to tell a masked cell from a small
 * weight. `head` null: what is left out of all heads. Reads signals.
 */
export function maskedBins(
  { rows, columns }: Thumbnails,
  layer: number | undefined,
  head: number | null = null,
): Masked {
  const params = paramsOf(layer);
  const known = params?.causal && !params.weights_only && params.query_start === 0;
  const [queries, keys] = [binRows(shownQueries.value, rows), binRows(shownKeys.value, columns)];
  const hidden = hiddenOf(params, head);
  return {
    reach: known ? reachOf(queries, keys, 0) : null,
    columns:
      hidden &&
      Uint8Array.from(keys.first, (first, bin) =>
        Number(hidden.subarray(first, (keys.last[bin] ?? first) + 1).every((each) => each === 1)),
      ),
    zeros: [],
  };
}

/** 1: masked, [rows, columns]; `across` times beside each other. null: nothing is. */
export function maskCells(
  { reach, columns: left }: Masked,
  rows: number,
  columns: number,
  across: number,
): Uint8Array | null {
  if (reach === null && left === null) return null;
  return Uint8Array.from({ length: rows * columns * across }, (_, at) => {
    const [row, column] = [Math.floor(at / (columns * across)), at % columns];
    return Number(column > (reach?.[row] ?? columns) || left?.[column] === 1);
  });
}
