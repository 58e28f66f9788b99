/** The words above the two columns: which side attends, and which is attended to. */

import type { JSX } from "preact";
import { columns } from "./state";

export function Titles(): JSX.Element {
  const at = columns.value;
  return (
    <div class="head-titles" aria-hidden="true">
      {at && (
        <>
          <span style={{ right: `${at.width - at.left.label}px` }}>query</span>
          <span class="head-arrow" style={{ left: `${at.from}px`, width: `${at.to - at.from}px` }}>
            attends to →
          </span>
          <span style={{ left: `${at.right.label}px` }}>key</span>
        </>
      )}
    </div>
  );
}
