/** Which card has the whole tab for itself; a link holds it. */

import { signal } from "@preact/signals";
import { field } from "../state/field";
import { inAddress } from "../state/fields";

/** The id of a card of the active view; null: none. */
export const fullCard = signal<string | null>(null);
inAddress(
  "full",
  field(fullCard, (value) => value ?? "", String),
);

/**
 * What lies under a card that covers the tab is out of reach of the Tab key and of screen readers;
 * the status bar stays. Returns what ends it.
 */
export function coverOthers(card: HTMLElement): () => void {
  const covered: HTMLElement[] = [];
  for (let each: HTMLElement = card; each.parentElement; each = each.parentElement)
    for (const other of each.parentElement.children)
      if (
        other !== each &&
        other instanceof HTMLElement &&
        !other.inert &&
        !other.matches("footer, dialog, script, style")
      ) {
        other.inert = true;
        covered.push(other);
      }
  return () => {
    for (const each of covered) each.inert = false;
  };
}
