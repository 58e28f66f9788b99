/** The visible part of a scrolling box: what to draw of something that is larger than the box. */

import type { Signal } from "@preact/signals";
import { followSize } from "./size";

export interface Viewport {
  /** Inner size in CSS pixels, without scroll bars; 0 until the box is on the page. */
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled. */
  readonly left: number;
  readonly top: number;
}

export const NO_VIEWPORT: Viewport = { width: 0, height: 0, left: 0, top: 0 };

/** Keeps `into` at the size and the scroll position of a box. Returns what ends it. */
export function followViewport(box: HTMLElement, into: Signal<Viewport>): () => void {
  const look = (): void => {
    // A box that is hidden with the tab keeps what it showed.
    if (box.clientHeight === 0) return;
    const next = {
      width: box.clientWidth,
      height: box.clientHeight,
      left: box.scrollLeft,
      top: box.scrollTop,
    };
    const now = into.peek();
    const same =
      next.width === now.width &&
      next.height === now.height &&
      next.left === now.left &&
      next.top === now.top;
    if (!same) into.value = next;
  };
  const stop = followSize(box, look);
  box.addEventListener("scroll", look, { passive: true });
  return () => {
    stop();
    box.removeEventListener("scroll", look);
    into.value = { ...into.peek(), left: 0, top: 0 };
  };
}
