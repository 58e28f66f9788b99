/** What one does from a story. */

import { batch } from "@preact/signals";
import { activeHeads, head, view } from "../../state/chosen";
import { storyBy } from "../../state/stories";

/** The head in the head view, alone. */
export function openHead(): void {
  batch(() => {
    activeHeads.value = [head.peek()];
    view.value = "head";
  });
}

/** All heads along all steps. */
export function explore(): void {
  view.value = "overview";
}

export const STORY_KEYS: ReadonlyMap<string, () => void> = new Map([
  ["n", () => storyBy(1)],
  ["ArrowRight", () => storyBy(1)],
  ["ArrowLeft", () => storyBy(-1)],
]);
