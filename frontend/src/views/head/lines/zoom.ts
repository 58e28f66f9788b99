/** How tall the rows of the drawing of lines are: as fits, or chosen. */

import { TALLEST_ROW, wholeRow } from "./layout";
import { columns, rowHeight } from "./state";

const FACTOR = 1.3;

/** Makes rows taller (+1) or flatter (-1), between everything at once and the tallest row. */
export function zoomBy(direction: 1 | -1): void {
  const at = columns.peek();
  if (at === null) return;
  const least = wholeRow(Math.max(at.left.count, at.right.count), at.height);
  const wanted = at.rowHeight * (direction > 0 ? FACTOR : 1 / FACTOR);
  rowHeight.value = Math.max(least, Math.min(TALLEST_ROW, wanted));
}

/** Everything at once. */
export function zoomOut(): void {
  rowHeight.value = "fit";
}

/** Rows of a readable size again. */
export function zoomNormal(): void {
  rowHeight.value = "read";
}
