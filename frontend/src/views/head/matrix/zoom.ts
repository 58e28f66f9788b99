/** Larger and smaller cells of the matrices; what is under the pointer, or in the middle, stays where it is. */

import { requestFrame } from "../../../draw/frames";
import { cellAtPoint, mapCorner } from "../../../draw/matrix";
import { maps, zoom } from "./state";

const FACTOR = 1.5;

/** A place in the box, in CSS pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Cells larger (+1) or smaller (-1), around a place of the box. */
export function zoomMaps(scroller: HTMLElement, direction: 1 | -1, around?: Place): void {
  const before = maps.peek();
  if (before === null || (direction > 0 && before.largest)) return;
  const at = around ?? { x: scroller.clientWidth / 2, y: scroller.clientHeight / 2 };
  const kept = cellAtPoint(before, at.x + scroller.scrollLeft, at.y + scroller.scrollTop);
  zoom.value = Math.max(1, zoom.peek() * (direction > 0 ? FACTOR : 1 / FACTOR));
  // The room to scroll in has its new size after the next frame.
  requestFrame(() => {
    const after = maps.peek();
    if (after === null || kept === null) return;
    const corner = mapCorner(after, kept.map);
    scroller.scrollLeft = corner.x + (kept.key + 0.5) * after.cell - at.x;
    scroller.scrollTop = corner.y + (kept.query + 0.5) * after.cell - at.y;
  });
}

export function zoomByWheel(scroller: HTMLElement, event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const bounds = scroller.getBoundingClientRect();
  zoomMaps(scroller, event.deltaY < 0 ? 1 : -1, {
    x: event.clientX - bounds.left,
    y: event.clientY - bounds.top,
  });
}
