/**
 * How tall the rows of the drawing of lines are, and whether its columns scroll together. Only
 * where there is something to choose.
 */

import type { JSX } from "preact";
import { columns, rowHeight, together } from "./state";
import { zoomBy, zoomNormal, zoomOut } from "./zoom";

export function RowSize(): JSX.Element | null {
  const at = columns.value;
  if (at === null || (!at.scrolls && rowHeight.value === "read" && at.rowHeight >= 16)) return null;
  return (
    <fieldset class="head-size" aria-label="Height of the rows">
      {at.scrolls && (
        <button
          type="button"
          class="button"
          aria-pressed={together.value}
          title="Both columns scroll together"
          onClick={() => {
            together.value = !together.peek();
          }}
        >
          scroll both
        </button>
      )}
      <button
        type="button"
        class="button"
        title="Flatter rows (Ctrl and wheel)"
        aria-label="Flatter rows"
        onClick={() => zoomBy(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        title="Taller rows (Ctrl and wheel)"
        aria-label="Taller rows"
        onClick={() => zoomBy(1)}
      >
        +
      </button>
      {at.scrolls ? (
        <button
          type="button"
          class="button"
          title="All tokens at once"
          data-testid="head-fit"
          onClick={zoomOut}
        >
          fit
        </button>
      ) : (
        <button
          type="button"
          class="button"
          title="Rows of a readable size"
          data-testid="head-read"
          onClick={zoomNormal}
        >
          read
        </button>
      )}
    </fieldset>
  );
}
