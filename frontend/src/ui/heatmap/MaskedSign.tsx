/** The ground of masked cells, beside the colours of weights in a legend. */

import type { JSX } from "preact";
import type { Masked } from "../../state/head_cells";

/** Nothing where no cell is masked or left out. */
export function MaskedSign({ masked }: { readonly masked: Masked | null }): JSX.Element | null {
  if (!masked) return null;
  const { reach, columns, zeros } = masked;
  const words = [
    ...(reach !== null || zeros.length > 0 ? ["masked"] : []),
    ...(columns?.includes(1) ? ["left out"] : []),
  ];
  if (words.length === 0) return null;
  return (
    <span class="heat-map-masked">
      <i /> {words.join(", ")}
    </span>
  );
}
