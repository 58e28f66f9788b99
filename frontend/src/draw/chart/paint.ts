/**
 * Paints a line chart, in CSS pixels: on the screen and, the same way, into a picture for export.
 */

import { countText, endTexts } from "../../format";
import { theme } from "../../state/host";
import { palette } from "../palette";
import { canvasFont } from "../style";
import { paintTag } from "../tag";
import { type Frame, ROOM, xOf, yOf } from "./frame";
import type { Line, Mark } from "./line";
import { type Near, nearestIndex } from "./nearest";
import { placeTicks, type Tick, valueTicks } from "./ticks";

type Context = CanvasRenderingContext2D;

/** Names of the axes, where they have names. */
export interface Names {
  readonly across: string;
  readonly up: string;
}

/** Words for what is under the pointer. */
export interface Words {
  /** What a place is: "step". */
  readonly place: string;
  readonly format: (value: number) => string;
}

const THIN = 1;
const BOLD = 2;
/** Of the line under the pointer, unless it is wider anyway. */
const POINTED = 2.5;
/**
 * Many lines on each other must not become one dark area: the opacities of thin lines sum to this,
 * within limits.
 */
const OPACITY = { sum: 40, least: 0.25, most: 0.8 };

/** Grid, numbers and names of the axes. */
export function paintAxes(context: Context, frame: Frame, names: Names): void {
  const colours = palette(theme.value);
  const { left, top, width, height, places, values, log, ranks, named, bare } = frame;
  context.font = canvasFont(11);
  context.fillStyle = colours.muted;
  context.strokeStyle = colours.border;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const ticks = ranks ? ends(values, values.map(countText)) : valueTicks(values, height);
  for (const { at, text } of bare ? ends(values, endTexts(values)) : ticks) {
    const y = Math.round(yOf(frame, at)) + 0.5;
    straight(context, [left, y], [left + width, y]);
    context.fillText(text, left - 6, y);
  }
  if (bare) return;
  context.textBaseline = "top";
  context.textAlign = "center";
  const measure = (text: string): number => context.measureText(text).width;
  for (const { at, text } of placeTicks(places, width, log, measure)) {
    const x = xOf(frame, at);
    const line = Math.round(x) + 0.5;
    if (named) straight(context, [line, top], [line, top + height]);
    // The text of the last place must not be cut off at the edge of the canvas.
    const last = left + width + ROOM.right - measure(text) / 2;
    context.fillText(text, Math.min(x, last), top + height + 7);
  }
  if (!named) return;
  context.fillText(names.across, left + width / 2, top + height + 23);
  context.save();
  context.translate(2, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(names.up, 0, 0);
  context.restore();
}

/** Both ends of the axis: ranks are counted from there, and a low chart has room for no more. */
function ends(values: readonly [number, number], texts: readonly string[]): readonly Tick[] {
  return values.map((at, index) => ({ at, text: texts[index] ?? "" }));
}

export function paintThin(context: Context, frame: Frame, lines: readonly Line[]): void {
  const thin = lines.filter((each) => !each.bold);
  const { sum, least, most } = OPACITY;
  context.globalAlpha = Math.max(least, Math.min(most, sum / thin.length));
  within(context, frame, () => {
    for (const line of thin) paintLine(context, frame, line, line.width ?? THIN);
  });
  context.globalAlpha = 1;
}

export function paintBold(context: Context, frame: Frame, lines: readonly Line[]): void {
  within(context, frame, () => {
    for (const line of lines) if (line.bold) paintLine(context, frame, line, line.width ?? BOLD);
  });
}

export function paintMarks(context: Context, frame: Frame, marks: readonly Mark[]): void {
  context.strokeStyle = palette(theme.value).accent;
  context.lineWidth = 1.5;
  const [from, to] = frame.places;
  for (const { place, dashed } of marks)
    if (place >= from && place <= to) upright(context, frame, place, dashed ? [3, 3] : []);
}

/** An upright line at the place under the pointer, and a dot on every line there. */
export function paintPlace(
  context: Context,
  frame: Frame,
  lines: readonly Line[],
  place: number,
): void {
  context.strokeStyle = palette(theme.value).muted;
  context.lineWidth = 1;
  upright(context, frame, place, [2, 2]);
  for (const { places, values, colour } of lines) {
    const index = nearestIndex(places, place);
    dot(context, frame, places[index], values[index], 3, colour);
  }
}

/** The line under the pointer, bold, with a dot at the place. */
export function paintPointed(
  context: Context,
  frame: Frame,
  lines: readonly Line[],
  { line: at, index }: Near,
): void {
  const line = lines[at];
  if (!line || !Number.isFinite(line.values[index])) return;
  const colour = line.bold ? line.colour : palette(theme.value).text;
  const width = Math.max(POINTED, (line.width ?? 0) + 0.5);
  within(context, frame, () => paintLine(context, frame, { ...line, colour }, width));
  dot(context, frame, line.places[index], line.values[index], 4, colour);
}

/** The name of the line under the pointer, and its place and value there. */
export function paintTip(
  context: Context,
  frame: Frame,
  lines: readonly Line[],
  { line: at, index }: Near,
  words: Words,
): void {
  const line = lines[at];
  const [place, value] = [line?.places[index] ?? Number.NaN, line?.values[index] ?? Number.NaN];
  if (!line || !Number.isFinite(value)) return;
  const text = `${line.name} · ${words.place} ${countText(place)} · ${words.format(value)}`;
  paintText(context, frame, text, xOf(frame, place), yOf(frame, value));
}

function paintText(context: Context, frame: Frame, text: string, x: number, y: number): void {
  const left = (width: number): number =>
    Math.max(2, Math.min(x - width / 2, frame.left + frame.width - width));
  paintTag(context, text, left, y - frame.top > 30 ? y - 18 : y + 18);
}

function paintLine(context: Context, frame: Frame, line: Line, width: number): void {
  const { places, values } = line;
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  context.lineWidth = width;
  context.setLineDash([...(line.dash ?? [])]);
  context.beginPath();
  const side = Math.max(3, 2 * width);
  let open = false;
  for (let index = 0; index < places.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) open = false;
    else if (open) context.lineTo(xOf(frame, places[index] ?? 0), yOf(frame, value));
    else {
      const [x, y] = [xOf(frame, places[index] ?? 0), yOf(frame, value)];
      context.moveTo(x, y);
      open = true;
      // A value without neighbours is a dot, not nothing.
      if (!Number.isFinite(values[index + 1] ?? Number.NaN))
        context.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }
  context.stroke();
  context.setLineDash([]);
}

function dot(
  context: Context,
  frame: Frame,
  place: number | undefined,
  value: number | undefined,
  radius: number,
  colour: string,
): void {
  if (place === undefined || value === undefined || !Number.isFinite(value)) return;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(xOf(frame, place), yOf(frame, value), radius, 0, 2 * Math.PI);
  context.fill();
}

function upright(context: Context, frame: Frame, place: number, dash: readonly number[]): void {
  const x = Math.round(xOf(frame, place)) + 0.5;
  context.setLineDash([...dash]);
  straight(context, [x, frame.top], [x, frame.top + frame.height]);
  context.setLineDash([]);
}

function straight(
  context: Context,
  from: readonly [number, number],
  to: readonly [number, number],
): void {
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.stroke();
}

function within(context: Context, { left, top, width, height }: Frame, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left - 2, top - 2, width + 4, height + 4);
  context.clip();
  draw();
  context.restore();
}
