/** Whether the settings column is there; a link holds it. */

import { signal } from "@preact/signals";
import { field } from "../state/field";
import { inAddress } from "../state/fields";

export const settingsShown = signal(true);
inAddress(
  "settings",
  field(
    settingsShown,
    (value) => (value ? "" : "0"),
    (text) => text !== "0",
  ),
);

export function toggleSettings(): void {
  settingsShown.value = !settingsShown.value;
}
