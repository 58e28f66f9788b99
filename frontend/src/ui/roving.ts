/** Controls that are one stop of the Tab key: inside, arrow keys move from one to the next. */

import type { TargetedKeyboardEvent, TargetedMouseEvent } from "preact";

/** Keys that move, and whether the last is followed by the first. */
export interface Moves {
  readonly previous: string;
  readonly next: string;
  readonly wraps: boolean;
}

export const ACROSS: Moves = { previous: "ArrowLeft", next: "ArrowRight", wraps: false };
export const DOWN: Moves = { previous: "ArrowUp", next: "ArrowDown", wraps: true };

/** The place of `count` that a key leads to from place `at`; null for other keys. */
export function placeAfter(key: string, at: number, count: number, moves: Moves): number | null {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key !== moves.previous && key !== moves.next) return null;
  const place = at + (key === moves.next ? 1 : -1);
  return moves.wraps ? (place + count) % count : Math.max(0, Math.min(count - 1, place));
}

/**
 * Moves the focus among the buttons of the element that listens; null where the key was for
 * somebody else.
 */
export function moveFocus(
  event: TargetedKeyboardEvent<HTMLElement>,
  moves: Moves,
): HTMLElement | null {
  const buttons: Element[] = [...event.currentTarget.querySelectorAll("button")];
  const at = document.activeElement ? buttons.indexOf(document.activeElement) : -1;
  const place = at < 0 ? null : placeAfter(event.key, at, buttons.length, moves);
  const button = place === null ? null : buttons[place];
  if (!(button instanceof HTMLElement)) return null;
  button.focus();
  // Handled here: otherwise the same key would also change the step, or the layer.
  event.preventDefault();
  event.stopPropagation();
  return button;
}

/** Who has clicked with the mouse means the step with the next arrow key, not the next button. */
export function leaveAfterClick(event: TargetedMouseEvent<HTMLElement>): void {
  if (event.detail > 0 && document.activeElement instanceof HTMLElement)
    document.activeElement.blur();
}
