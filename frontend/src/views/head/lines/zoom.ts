/** How tall the rows of the drawing of lines are: as fits, or chosen. */

import { batch } from "@preact/signals";
import { requestFrame } from "../../../draw/frames";
import { columnOf, keptMiddle, TALLEST_ROW, wholeRow } from "./layout";
import { columns, markMoving, rowHeight, SCROLLS, scrolling } from "./state";

const FACTOR = 1.3;
const SIDES = ["query", "key"] as const;

/** By how much rows grow in the next frame: a wheel may turn several times before it. */
let factor = 1;

/** Makes rows taller (+1) or flatter (-1), between everything at once and the tallest row. */
export function zoomBy(direction: 1 | -1): void {
  factor *= direction > 0 ? FACTOR : 1 / FACTOR;
  requestFrame(zoom);
}

function zoom(): void {
  const [at, by] = [columns.peek(), factor];
  factor = 1;
  if (at === null) return;
  const least = wholeRow(Math.max(at.left.count, at.right.count), at.height);
  const height = Math.max(least, Math.min(TALLEST_ROW, at.rowHeight * by));
  if (height === at.rowHeight) {
    // The wheel still turns: the finer picture, which takes longer than a frame, waits until it rests.
    if (scrolling.peek()) markMoving();
    return;
  }
  batch(() => {
    markMoving();
    rowHeight.value = height;
    // The columns scroll there once they have grown; the picture is then already the right one.
    for (const side of SIDES) {
      const scroll = SCROLLS[side];
      const most = Math.max(0, columnOf(at, side).count * height - at.height);
      const kept = keptMiddle(scroll.peek(), at.height, at.rowHeight, height);
      scroll.value = Math.max(0, Math.min(most, kept));
    }
  });
}

/** Everything at once. */
export function zoomOut(): void {
  rowHeight.value = "fit";
}

/** Rows of a readable size again. */
export function zoomNormal(): void {
  rowHeight.value = "read";
}
