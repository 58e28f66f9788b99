/** Paints the chart: heads on their axis, curves on scales of their own, names at their lines. */

import { type Frame, xOf, yOf } from "../../../draw/chart/frame";
import type { Line } from "../../../draw/chart/line";
import type { Near } from "../../../draw/chart/nearest";
import {
  paintAxes,
  paintBold,
  paintMarks,
  paintPointed,
  paintThin,
} from "../../../draw/chart/paint";
import { palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { paintTag } from "../../../draw/tag";
import { fitText, widthIn } from "../../../draw/text";
import { countText, limitText } from "../../../format";
import { theme } from "../../../state/host";
import { measure } from "./measure";
import { apart, lastValue, nameLines } from "./scaled";
import { drawnCurves, headLines, inkColour, marks, scaledCurves, span } from "./state";

type Context = CanvasRenderingContext2D;

/** Lines of a name and of the scale under it, and what is between two names, in CSS pixels. */
const LABEL = { line: 13, between: 3, left: 8 };

export function paintCurves(context: Context, frame: Frame): void {
  paintAxes(context, frame, { across: "", up: "" });
  paintSpan(context, frame);
  paintThin(context, frame, headLines.value);
  paintBold(
    context,
    frame,
    scaledCurves.value.map(({ line }) => line),
  );
  paintNames(context, frame);
}

export function paintChosen(context: Context, frame: Frame): void {
  paintMarks(context, frame, marks.value);
  paintBold(context, frame, headLines.value);
}

/** The steps between before and after. */
function paintSpan(context: Context, frame: Frame): void {
  const between = span.value;
  if (between === null) return;
  const [from, to] = between.map((each) => xOf(frame, each)) as [number, number];
  context.globalAlpha = 0.12;
  context.fillStyle = inkColour();
  context.fillRect(from, frame.top, Math.max(2, to - from), frame.height);
  context.globalAlpha = 1;
}

interface Name {
  readonly text: string;
  readonly scale: string;
  readonly colour: string;
  readonly y: number;
}

/** At the right end of each line; of heads only the one that is chosen has a name. */
function paintNames(context: Context, frame: Frame): void {
  const names = namesOf(frame);
  const [left, room] = [frame.left + frame.width + LABEL.left, LABEL_ROOM - LABEL.left];
  context.font = canvasFont(11, 500);
  const lines = names.map(({ text }) => nameLines(text, room, widthIn(context)));
  const most = 1 + Math.max(1, ...lines.map(({ length }) => length));
  const middles = apart(
    names.map(({ y }) => y),
    most * LABEL.line + LABEL.between,
    frame.top - 6,
    frame.top + frame.height + 6,
  );
  context.textAlign = "left";
  context.textBaseline = "middle";
  names.forEach(({ scale, colour, y }, at) => {
    const [own, middle] = [lines[at] ?? [], middles[at] ?? y];
    const count = own.length + (scale === "" ? 0 : 1);
    const top = middle - ((count - 1) / 2) * LABEL.line;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(frame.left + frame.width + 1, y);
    context.lineTo(left - 2, top);
    context.stroke();
    context.globalAlpha = 1;
    context.font = canvasFont(11, 500);
    context.fillStyle = colour;
    own.forEach((line, below) => {
      context.fillText(line, left, top + below * LABEL.line);
    });
    context.font = canvasFont(10);
    context.fillStyle = palette(theme.value).muted;
    if (scale !== "")
      context.fillText(fitText(scale, room, widthIn(context)), left, top + own.length * LABEL.line);
  });
}

/** Right of the lines, in CSS pixels. */
export const LABEL_ROOM = 112;

function namesOf(frame: Frame): readonly Name[] {
  const clamped = (value: number): number =>
    Math.max(frame.top, Math.min(frame.top + frame.height, yOf(frame, value)));
  const heads = headLines.value
    .filter((each) => each.bold && !Number.isNaN(lastValue(each)))
    .map((each) => ({
      text: each.name,
      scale: "",
      colour: each.colour,
      y: clamped(lastValue(each)),
    }));
  const units = drawnCurves.value.map((each) => each.unit);
  const scaled = scaledCurves.value.map(({ line, own }, at) => ({
    text: line.name,
    scale: [`${limitText(own[0])} to ${limitText(own[1])}`, units[at]].filter(Boolean).join(" "),
    colour: line.colour,
    y: clamped(lastValue(line)),
  }));
  return [...heads, ...scaled].filter(({ y }) => !Number.isNaN(y));
}

/** All lines, in the order of `Near.line`. */
export function allLines(): readonly Line[] {
  return [...headLines.value, ...scaledCurves.value.map(({ line }) => line)];
}

/** The line under the pointer, with its value. */
export function paintNear(context: Context, frame: Frame, near: Near): void {
  const lines = allLines();
  const line = lines[near.line];
  const place = line?.places[near.index];
  if (!line || place === undefined) return;
  paintPointed(context, frame, lines, near);
  const scaled = scaledCurves.value[near.line - headLines.value.length];
  const value = (scaled?.values ?? line.values)[near.index] ?? Number.NaN;
  const said = scaled ? valueText(value) : (measure.value?.text(value) ?? "");
  const [x, y] = [xOf(frame, place), yOf(frame, line.values[near.index] ?? Number.NaN)];
  paintTag(
    context,
    `${line.name} · step ${countText(place)} · ${said}`,
    (width) => Math.max(2, Math.min(x - width / 2, frame.left + frame.width - width)),
    y - frame.top > 30 ? y - 18 : y + 18,
  );
}

/** A number of any size: three digits that count. */
function valueText(value: number): string {
  const size = Math.abs(value);
  return size >= 1e4 || (size < 1e-3 && size > 0)
    ? limitText(value)
    : String(Number(value.toPrecision(3))).replace(/^-/, "\u2212");
}
