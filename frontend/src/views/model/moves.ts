/** Where the keyboard goes in the grid. Pure. */

import type { Place } from "./arrange";

/** Heads row by row; null where there is none. */
export interface Rows {
  readonly slots: readonly (Place | null)[];
  readonly across: number;
}

/** Rows that Page Up and Page Down go. */
const PAGE = 8;

/**
 * The slot that an arrow key leads to, past empty ones; `slot` itself at the edge, null for other
 * keys.
 */
export function moved(layout: Rows, slot: number, key: string): number | null {
  const column = slot % layout.across;
  const start = slot - column;
  const end = Math.min(layout.slots.length, start + layout.across) - 1;
  switch (key) {
    case "ArrowUp":
      return walk(layout, slot, -layout.across);
    case "ArrowDown":
      return walk(layout, slot, layout.across);
    case "ArrowLeft":
      return slot === start ? slot : walk(layout, slot, -1, start, end);
    case "ArrowRight":
      return walk(layout, slot, 1, start, end);
    case "Home":
      return walk(layout, start - 1, 1, start, end);
    case "End":
      return walk(layout, end + 1, -1, start, end);
    case "PageUp":
      return pages(layout, slot, -1);
    case "PageDown":
      return pages(layout, slot, 1);
    default:
      return null;
  }
}

/** The next slot that is not empty in steps of `by`, or `slot`. */
function walk(
  layout: Rows,
  slot: number,
  by: number,
  first = 0,
  last = layout.slots.length - 1,
): number {
  for (let at = slot + by; at >= first && at <= last; at += by) if (layout.slots[at]) return at;
  return slot;
}

function pages(layout: Rows, slot: number, by: 1 | -1): number {
  let at = slot;
  for (let row = 0; row < PAGE; row++) at = walk(layout, at, by * layout.across);
  return at;
}
