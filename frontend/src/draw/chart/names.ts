/** Names of the bold lines of a chart, at their right. */

import { theme } from "../../state/host";
import { palette } from "../palette";
import { canvasFont } from "../style";
import { fitText, textWidth, widthIn } from "../text";
import { type Frame, ROOM, yOf } from "./frame";
import type { Line } from "./line";

export interface PlacedName {
  readonly text: string;
  readonly colour: string;
  readonly dash: readonly number[];
  /** Middle of the text, in CSS pixels. */
  readonly y: number;
}

/** CSS pixels of a line of text, of the stroke before it, and around the stroke. */
const HEIGHT = 13;
const STROKE = 10;
const GAP = 4;
const FONT = 11;
/** More names would say nothing. */
export const MOST = 8;

function hasName({ bold, unnamed = false }: Line): boolean {
  return bold && !unnamed;
}

/** CSS pixels that the names of the bold lines take. Reads signals. */
export function roomOfNames(lines: readonly Line[]): number {
  const font = canvasFont(FONT);
  const named = lines.filter(hasName).slice(0, MOST);
  if (named.length === 0) return 0;
  return STROKE + GAP + Math.ceil(Math.max(...named.map(({ name }) => textWidth(name, font))));
}

/**
 * Names of bold lines at the height where they end, moved apart where they would overlap; the first
 * `MOST` of them, and no more than fit.
 */
export function placeNames(lines: readonly Line[], frame: Frame): readonly PlacedName[] {
  const room = Math.max(0, Math.floor(frame.height / HEIGHT));
  const ends = lines
    .filter(hasName)
    .flatMap((line) => endOf(line, frame) ?? [])
    .slice(0, Math.min(MOST, room))
    .sort((a, b) => a.y - b.y);
  const [top, bottom] = [frame.top + HEIGHT / 2, frame.top + frame.height - HEIGHT / 2];
  const ys: number[] = [];
  for (const { y } of ends) ys.push(Math.max(y, (ys[ys.length - 1] ?? top - HEIGHT) + HEIGHT));
  for (let at = ys.length - 1, most = bottom; at >= 0; at--, most = (ys[at + 1] ?? 0) - HEIGHT)
    ys[at] = Math.min(ys[at] ?? most, most);
  return ends.map((each, at) => ({ ...each, y: ys[at] ?? each.y }));
}

/** Where a line has its last number; null where it has none. */
function endOf({ name: text, values, places, colour, dash = [] }: Line, frame: Frame) {
  for (let index = places.length - 1; index >= 0; index--) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) return { text, colour, dash, y: yOf(frame, value) };
  }
  return null;
}

/** Each name after a stroke of its line. */
export function paintNames(
  context: CanvasRenderingContext2D,
  frame: Frame,
  lines: readonly Line[],
): void {
  const { left, width, nameRoom = 0 } = frame;
  const from = left + width + GAP;
  context.font = canvasFont(FONT);
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineWidth = 2;
  for (const { text, colour, dash, y } of placeNames(lines, frame)) {
    context.strokeStyle = colour;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(from + STROKE, y);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = palette(theme.value).text;
    const room = nameRoom - STROKE - GAP + ROOM.right - GAP;
    context.fillText(fitText(text, room, widthIn(context)), from + STROKE + GAP, y + 0.5);
  }
}
