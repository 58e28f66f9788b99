/**
 * A box that scrolls over something larger: a pane of its own size stays in place, to draw the part
 * that is seen on.
 */

import type { Signal } from "@preact/signals";
import type { ComponentChildren, HTMLAttributes, JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { followViewport, type Viewport } from "../draw/viewport";

interface ScrollPaneProps extends Omit<HTMLAttributes<HTMLDivElement>, "ref" | "width" | "height"> {
  /** Kept at the size of the box and at how far it is scrolled. */
  readonly view: Signal<Viewport>;
  readonly box?: RefObject<HTMLDivElement | null>;
  /** Size of everything, in CSS pixels; null: there is nothing yet. */
  readonly whole: { readonly width: number; readonly height: number } | null;
  /** What stays in place; events reach the box through it. */
  readonly pane: ComponentChildren;
  readonly "data-testid": string;
  /** What scrolls. */
  readonly children?: ComponentChildren;
}

export function ScrollPane({
  view,
  box,
  whole,
  pane,
  class: own = "",
  children,
  ...attributes
}: ScrollPaneProps): JSX.Element {
  const inner = useRef<HTMLDivElement>(null);
  const scroller = box ?? inner;
  // Before the page is painted, so that its first picture is whole.
  useLayoutEffect(
    () => (scroller.current ? followViewport(scroller.current, view) : undefined),
    [scroller, view],
  );
  const { width, height } = view.value;
  return (
    <div {...attributes} ref={scroller} class={`scroll-pane ${own}`}>
      {whole && (
        <div
          class="scroll-extent"
          style={{ width: `${whole.width}px`, height: `${whole.height}px` }}
        >
          <div class="scroll-shown" style={{ width: `${width}px`, height: `${height}px` }}>
            {pane}
          </div>
          {children}
        </div>
      )}
    </div>
  );
}
