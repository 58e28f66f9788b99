/** Cells of a heat map in words. */

import { exactText, percentText, signedText } from "../../format";
import { wholeName } from "../../state/arriving";
import { type HeadCells, isMasked, type Limits, undrawnShare } from "../../state/head_cells";
import { leastChangeText, leastText } from "../../state/least";

/** Why a cell has no number; null where it has one. */
export function maskedText(cells: HeadCells, query: number, key: number): string | null {
  if (cells.masked.columns?.[key] === 1) return "left out";
  return isMasked(cells, query, key) ? "masked" : null;
}

/** The exact number of a cell, or why it has none. */
export function cellText(cells: HeadCells, query: number, key: number): string {
  const masked = maskedText(cells, query, key);
  if (masked !== null) return masked;
  const value = cells.data[query * cells.keys + key] ?? Number.NaN;
  return cells.signed ? signedText(value) : exactText(value);
}

/** Rounding of two weights that travel as float16. */
const ROUNDING = 0.0005;

/**
 * What an empty or a faint picture of a difference means; empty where cells are weights. `exact`:
 * weights did not travel as float16.
 */
export function changeText(cells: HeadCells, exact: boolean): string {
  if (!cells.signed) return "";
  const largest = cells.data.reduce((most, each) => Math.max(most, Math.abs(each) || 0), 0);
  if (largest === 0) return "There is no difference: all weights are the same.";
  if (!exact && largest <= ROUNDING)
    return `There is no difference larger than the rounding of the weights (${ROUNDING}).`;
  return `The strongest colour stands for a difference of ${cells.span} and more.`;
}

/** How much is not drawn, in a sentence; empty where that is nearly nothing. */
export function undrawnText(cells: HeadCells, { smallest, share }: Limits): string {
  const undrawn = undrawnShare(cells);
  if (undrawn < 0.005) return "";
  const which =
    share < 1
      ? `beyond ${percentText(share)} of their query`
      : `under ${(cells.signed ? leastChangeText : leastText)(smallest)}`;
  const what = cells.signed ? "the change" : wholeName.value;
  return `${percentText(undrawn)} of ${what} lies in cells ${which}, which are not drawn.`;
}
