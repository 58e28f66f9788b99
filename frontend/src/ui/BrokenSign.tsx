/** The colour of what is no number, or infinite, with words for it. */

import type { ComponentChildren, JSX } from "preact";
import { BROKEN } from "../draw/strips";

export function BrokenSign({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <span class="broken-sign">
      <i style={{ background: `rgb(${BROKEN.join(" ")})` }} /> {children}
    </span>
  );
}
