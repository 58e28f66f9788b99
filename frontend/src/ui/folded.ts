/** Which parts of the settings column are open that are folded by themselves; a link holds it. */

import { signal } from "@preact/signals";
import { field } from "../state/field";
import { inAddress } from "../state/fields";

export const opened = signal<readonly string[]>([]);
inAddress(
  "open",
  field(
    opened,
    (all) => all.join("."),
    (text) => text.split(".").filter((each) => each !== ""),
  ),
);

export function toggleOpened(name: string): void {
  const others = opened.value.filter((each) => each !== name);
  opened.value = others.length < opened.value.length ? others : [...others, name];
}
