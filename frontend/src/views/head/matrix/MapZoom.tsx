/** Buttons that make the cells of the matrices larger and smaller. */

import type { JSX, RefObject } from "preact";
import { maps, zoom } from "./state";
import { zoomMaps } from "./zoom";

export function MapZoom({
  scroller,
}: {
  readonly scroller: RefObject<HTMLElement | null>;
}): JSX.Element | null {
  const at = maps.value;
  if (at === null || (at.largest && zoom.value === 1)) return null;
  const by = (direction: 1 | -1) => () => scroller.current && zoomMaps(scroller.current, direction);
  return (
    <fieldset class="head-size" aria-label="Size of the cells">
      <button
        type="button"
        class="button"
        title="Smaller cells (Ctrl and wheel)"
        aria-label="Smaller cells"
        disabled={zoom.value === 1}
        onClick={by(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        title="Larger cells (Ctrl and wheel)"
        aria-label="Larger cells"
        data-testid="head-larger"
        disabled={at.largest}
        onClick={by(1)}
      >
        +
      </button>
      <button
        type="button"
        class="button"
        title="Whole maps"
        data-testid="head-whole"
        disabled={zoom.value === 1}
        onClick={() => {
          zoom.value = 1;
        }}
      >
        fit
      </button>
    </fieldset>
  );
}
