/** The drawings of the head view. A new one stands here, and its name in state/chosen.ts. */

import { DRAWING_NAMES, type Drawing } from "../../state/chosen";
import { drawing } from "../../state/selection";
import type { Option } from "../../ui/choice";
import type { HeadDrawing } from "./drawing";
import { linesDrawing } from "./lines";
import { matrixDrawing } from "./matrix";
import { textDrawing } from "./text";

export const DRAWINGS: Readonly<Record<Drawing, HeadDrawing>> = {
  lines: linesDrawing,
  text: textDrawing,
  matrix: matrixDrawing,
};

export const DRAWING_OPTIONS: readonly Option<Drawing>[] = DRAWING_NAMES.map((name) => ({
  value: name,
  label: name,
  hint: DRAWINGS[name].hint,
}));

/** The one on the screen. Reads a signal. */
export function drawingNow(): HeadDrawing {
  return DRAWINGS[drawing.value];
}
