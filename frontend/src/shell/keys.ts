/** The keys of the whole tab. Keys that a control uses itself do not come here. */

import { effect } from "@preact/signals";
import type { Host, Stop } from "../host/host";
import { nextCompareMode } from "../state/compare";
import { visible } from "../state/host";
import { togglePlay } from "../state/play";
import { headBy, layerBy, stepBy, unpin, view } from "../state/selection";
import { fullCard } from "../ui/full_card";
import { ALL_VIEWS, VIEWS } from "../views";
import { helpOpen } from "./help";
import { narrow, settingsShown, toggleSettings } from "./settings_shown";
import { focusFind } from "./strip/actions";

const ACTIONS: ReadonlyMap<string, () => void> = new Map([
  ["ArrowLeft", () => stepBy(-1)],
  ["ArrowRight", () => stepBy(1)],
  ["ArrowUp", () => layerBy(-1)],
  ["ArrowDown", () => layerBy(1)],
  ["[", () => headBy(-1)],
  ["]", () => headBy(1)],
  ["p", togglePlay],
  ["c", nextCompareMode],
  ["s", toggleSettings],
  ["Escape", leave],
  ["/", focusFind],
  [
    "?",
    () => {
      helpOpen.value = true;
    },
  ],
  ...ALL_VIEWS.map(
    (each, index) =>
      [
        String(index + 1),
        () => {
          view.value = each.name;
        },
      ] as const,
  ),
]);

let byPointer = false;

/**
 * Listens on the document, and takes the keyboard whenever the tab is opened, where `host` lets it.
 * Returns what ends it.
 */
export function followKeys(host: Host): Stop {
  const listeners = [
    ["keydown", press],
    ["pointerdown", point],
    ["change", letGo],
  ] as const;
  for (const [type, listener] of listeners) document.addEventListener(type, listener);
  const stop = effect(() => {
    if (visible.value && host.mayTakeKeys()) window.focus();
  });
  return () => {
    stop();
    for (const [type, listener] of listeners) document.removeEventListener(type, listener);
  };
}

/** Out of what covers others, the last one first; then pinned tokens are unpinned. */
function leave(): void {
  if (fullCard.value !== null) fullCard.value = null;
  else if (narrow.value && settingsShown.value) toggleSettings();
  else unpin();
}

function point(): void {
  byPointer = true;
}

/**
 * Who has chosen a run or a probe with the mouse means the step with the next arrow key, not
 * another run.
 */
function letGo(event: Event): void {
  if (
    byPointer &&
    event.target instanceof HTMLElement &&
    event.target.matches("select, input[type=radio]")
  )
    event.target.blur();
}

function press(event: Event): void {
  byPointer = false;
  if (!(event instanceof KeyboardEvent)) return;
  if (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    helpOpen.value ||
    usesKey(event.target, event.key)
  )
    return;
  const action = VIEWS[view.value].keys?.get(event.key) ?? ACTIONS.get(event.key);
  if (!action) return;
  event.preventDefault();
  action();
}

/**
 * Whether the control that has the focus needs the key itself. A select and a list to pick from
 * have up and down; left and right are the step, also after something was chosen in it. A check box needs none of ours.
 */
function usesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches("select, input[type=radio]"))
    return !["ArrowLeft", "ArrowRight"].includes(key);
  return target.matches("input:not([type=checkbox]), textarea, [contenteditable], dialog *");
}
