/** The visible part of a scrolling box, as a signal: what to draw of something that is larger than the box. */

import { type Signal, signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

export interface Viewport {
  /** Inner size in CSS pixels, without scroll bars; 0 until the box is on the page. */
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled. */
  readonly left: number;
  readonly top: number;
}

/** Follows the size and the scroll position of the box that `ref` names. */
export function useViewport(ref: RefObject<HTMLElement | null>): Signal<Viewport> {
  const [viewport] = useState(() => signal<Viewport>({ width: 0, height: 0, left: 0, top: 0 }));
  useEffect(() => {
    const box = ref.current;
    if (!box) return undefined;
    const look = (): void => {
      const next = {
        width: box.clientWidth,
        height: box.clientHeight,
        left: box.scrollLeft,
        top: box.scrollTop,
      };
      const now = viewport.peek();
      const same =
        next.width === now.width &&
        next.height === now.height &&
        next.left === now.left &&
        next.top === now.top;
      if (!same) viewport.value = next;
    };
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, [ref, viewport]);
  return viewport;
}
