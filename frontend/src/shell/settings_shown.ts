/**
 * Whether the settings column is there; a link holds it. On a narrow page it lies above the view,
 * and is away until it is asked for.
 */

import { computed, signal } from "@preact/signals";
import { field } from "../state/field";
import { inAddress } from "../state/fields";

/** null: as the page has room. */
const wanted = signal<boolean | null>(null);
inAddress(
  "settings",
  field(
    wanted,
    (value) => (value === null ? "" : value ? "1" : "0"),
    (text) => (text === "0" ? false : text === "1" ? true : null),
  ),
);

/** Narrower than that, column and view do not fit beside each other; `settings.css` says it too. */
const NARROW = "(width < 720px)";
/** Whether the page is that narrow. */
export const narrow = signal(false);
export const settingsShown = computed(() => wanted.value ?? !narrow.value);

export function toggleSettings(): void {
  const next = !settingsShown.value;
  wanted.value = next === !narrow.value ? null : next;
}

/** Follows the width of the page. Returns what ends it. */
export function followWidth(): () => void {
  const query = window.matchMedia(NARROW);
  const look = (): void => {
    narrow.value = query.matches;
  };
  look();
  query.addEventListener("change", look);
  return () => query.removeEventListener("change", look);
}
