/** Views with the scripts that draw them. */

import { computed, signal } from "@preact/signals";
import { adoptStyle } from "../draw/style";
import { VIEW_NAMES, type ViewName, view } from "../state/chosen";
import { VIEWS } from ".";
import type { DrawnView, PartOf, ViewPart } from "./view";

const parts = signal<Partial<Record<ViewName, ViewPart>>>({});

/** Why the script of the view on the screen is not there, in a sentence; null: nothing is wrong. */
export const lostScript = signal<string | null>(null);

/** The view on the screen; null until its script is there. */
export const drawnNow = computed<DrawnView | null>(() => {
  const part = parts.value[view.value];
  return part ? { ...VIEWS[view.value], ...part } : null;
});

/** Gets what draws the view on the screen, unless it is there. Reads a signal. */
export async function loadView(partOf: PartOf): Promise<void> {
  const name = view.value;
  lostScript.value = null;
  try {
    await load(name, partOf);
  } catch (error) {
    if (name === view.peek())
      lostScript.value = `The script of this view could not be loaded (${error}). Try again; if it stays, restart TensorBoard.`;
  }
}

/** Gets what draws the other views, one after another. */
export async function loadOthers(partOf: PartOf): Promise<void> {
  try {
    for (const name of VIEW_NAMES) await load(name, partOf);
  } catch {
    // Whoever goes to such a view is told.
  }
}

async function load(name: ViewName, partOf: PartOf): Promise<void> {
  if (parts.peek()[name]) return;
  const part = await partOf(name);
  adoptStyle(part.css.join("\n"));
  parts.value = { ...parts.peek(), [name]: part };
}
