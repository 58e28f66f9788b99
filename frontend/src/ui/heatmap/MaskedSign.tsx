/**
 * The ground of masked cells, beside the colours of weights in a legend; in a difference with the
 * strokes that tell them from cells that did not change.
 */

import type { JSX } from "preact";
import type { Masked } from "../../state/head_cells";

interface MaskedSignProps {
  readonly masked: Masked | null;
  /** Cells are differences. */
  readonly signed?: boolean;
}

/** Nothing where no cell is masked or left out. */
export function MaskedSign({ masked, signed = false }: MaskedSignProps): JSX.Element | null {
  if (!masked) return null;
  const { reach, columns, zeros } = masked;
  const words = [
    ...(reach !== null || zeros.length > 0 ? ["masked"] : []),
    ...(columns?.includes(1) ? ["left out"] : []),
  ];
  if (words.length === 0) return null;
  return (
    <span class={`heat-map-masked ${signed ? "hatched" : ""}`}>
      <i /> {words.join(", ")}
      {signed && (
        <>
          <i class="unchanged" /> no change
        </>
      )}
    </span>
  );
}
