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

/** Ends what the card that now covers the tab covers: there is never more than one. */
let uncover = (): void => undefined;

/**
 * What lies under a card that covers the tab is out of reach of the Tab key and of screen readers,
 * also what comes later; the status bar and what went wrong stay. Returns what ends it.
 */
export function coverOthers(card: HTMLElement): () => void {
  uncover();
  const covered: HTMLElement[] = [];
  const cover = (other: Node): void => {
    if (!(other instanceof HTMLElement) || other.contains(card) || other.inert) return;
    if (other.matches("footer, dialog, script, style, [role=alert]")) return;
    other.inert = true;
    covered.push(other);
  };
  // A banner, or a card beside this one, may come while it covers the tab.
  const later = new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(cover);
  });
  for (let parent = card.parentElement; parent; parent = parent.parentElement) {
    for (const child of parent.children) cover(child);
    later.observe(parent, { childList: true });
  }
  const end = (): void => {
    later.disconnect();
    for (const each of covered.splice(0)) each.inert = false;
  };
  uncover = end;
  return end;
}
