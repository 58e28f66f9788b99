/** Says where the lines of a chart have a gap, because there is no number to draw. */

import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { gapText, type Line } from "./line";

export interface GapNoteProps {
  readonly lines: ReadonlySignal<readonly Line[]>;
  /** What a place is, in words: "step". */
  readonly place: string;
}

export function GapNote({ lines, place }: GapNoteProps): JSX.Element | null {
  const gaps = gapText(lines.value, place);
  return gaps === "" ? null : <span data-testid="gaps">· gaps: {gaps}</span>;
}
