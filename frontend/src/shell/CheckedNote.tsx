/**
 * The part of the status bar that says whether a layer is what the model computed, and what was
 * left out of the capture.
 */

import type { JSX } from "preact";
import { capture } from "../state/data";
import { stackNow } from "../state/selection";
import { checkedText } from "./checked";

export function CheckedNote({ layer }: { readonly layer: number }): JSX.Element | null {
  const described = stackNow.value?.layers.find((each) => each.layer === layer);
  const notes = capture.value?.notes ?? [];
  if (described === undefined) return null;
  const { short, full } = checkedText(described);
  return (
    <>
      {notes.length > 0 && (
        <span class="warned" title={notes.join("\n")} data-testid="status-notes">
          layers left out
        </span>
      )}
      <span title={full} data-testid="status-checked">
        {short}
      </span>
    </>
  );
}
