/** Keys and gestures: one list for the help dialog. */

import { signal } from "@preact/signals";
import { VIEW_NAMES } from "../state/chosen";

export const helpOpen = signal(false);

export const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["←", "→"], "previous, next step; in the story view the previous, next story"],
  [["n"], "next story"],
  [["↑", "↓"], "previous, next layer"],
  [["[", "]"], "previous, next head"],
  [VIEW_NAMES.map((_, index) => String(index + 1)), `${VIEW_NAMES.join(", ")} view`],
  [["c"], "compare: difference, side by side, off"],
  [["p"], "play the steps, stop"],
  [["s"], "settings: hide, show"],
  [["/"], "find a word in the text; arrow keys go through the hits, Enter makes one the query"],
  [["Esc"], "unpin the query and the key"],
  [["?"], "this help"],
];

export const GESTURES: readonly (readonly [gesture: string, what: string])[] = [
  ["click a word of the text", "the query; a second word: the key; once more: unpin it"],
  ["Shift and click on a word", "the key, also where one is chosen"],
  [
    "arrow keys in the text, once it is reached by Tab",
    "from word to word; Enter: the query, with Shift: the key",
  ],
  ["point at a token on the left", "what it attends to"],
  ["point at a token on the right", "what attends to it"],
  ["Shift and click on the step bar", "compare with that step"],
  ["drag A or B on the step bar", "the step that is shown, or what it is compared with"],
  ["⤢ in the corner of a card", "full screen for this card; Esc leaves"],
  ["click a token", "pin it, so that the numbers stay while you look elsewhere"],
  [
    "arrow keys in a matrix, once it is clicked or reached by Tab",
    "from cell to cell; Enter pins, Esc leaves, + and − make cells larger and smaller",
  ],
  ["click a word at the left of the neurons", "it is the query; elsewhere in its row: the key"],
  ["click a head's number above the table of all heads", "this head alone"],
  [
    "wheel, fingers, + and − in the contact sheet",
    "nearer and farther; a drag moves it, Shift and click or drag pick heads for a figure",
  ],
  ["click a head tile", "switch the head on or off"],
  ["double-click a head tile", "this head alone; again: all heads (or Shift and one click)"],
];
