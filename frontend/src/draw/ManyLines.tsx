/**
 * A line chart over steps. The thin lines stand on one canvas; what changes with the step, the selection or the pointer on another, so
 * that scrubbing through a thousand steps does not draw a thousand lines.
 */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { theme } from "../state/host";
import { Canvas } from "./Canvas";
import {
  type Frame,
  frameOf,
  type Line,
  type Near,
  nearestLine,
  stepRange,
  ticks,
  xOf,
  yOf,
} from "./many_lines_geometry";
import { palette } from "./palette";
import { canvasFont } from "./style";

/** A vertical line at a step. */
export interface Mark {
  readonly step: number;
  readonly dashed: boolean;
}

/** Functions read signals; give the same ones again where nothing else has changed. */
export interface ManyLinesProps {
  readonly lines: () => readonly Line[];
  /** Smallest and largest value of the axis. */
  readonly range: () => readonly [number, number];
  readonly marks: () => readonly Mark[];
  readonly format: (value: number) => string;
  readonly label: string;
  readonly testId?: string;
  /** The pointer is near a line (its index, and one into its steps), or near none. */
  readonly onNear?: (near: Near | null) => void;
  /** A click at a step, on a line if one is near. */
  readonly onPick?: (step: number, near: Near | null) => void;
}

/** How far from a line the pointer may be, in pixels. */
const REACH = 14;

export function ManyLines({
  lines,
  range,
  marks,
  format,
  label,
  testId,
  onNear,
  onPick,
}: ManyLinesProps): JSX.Element {
  const pieces = useMemo(() => {
    const near = signal<Near | null>(null);
    let frame: Frame | null = null;
    const base = (context: CanvasRenderingContext2D, width: number, height: number): void => {
      frame = frameOf(width, height, stepRange(lines()), range());
      drawAxes(context, frame, format);
      drawThin(context, frame, lines());
    };
    const overlay = (context: CanvasRenderingContext2D, width: number, height: number): void => {
      const now = frameOf(width, height, stepRange(lines()), range());
      drawMarks(context, now, marks());
      clipped(context, now, () => {
        for (const line of lines()) if (line.bold) drawLine(context, now, line, 2);
      });
      const at = near.value;
      const line = at && lines()[at.line];
      if (at && line) drawNear(context, now, line, at.index, format);
    };
    const point = (x: number, y: number): Near | null => {
      near.value = frame && nearestLine(lines(), frame, x, y, REACH);
      return near.value;
    };
    const stepAt = (x: number): number =>
      frame ? frame.from + ((x - frame.left) / frame.width) * (frame.to - frame.from) : Number.NaN;
    const leave = (): void => {
      near.value = null;
    };
    return { base, overlay, point, stepAt, leave };
  }, [lines, range, marks, format]);
  return (
    <Canvas
      draw={pieces.base}
      overlay={pieces.overlay}
      label={label}
      class="many-lines"
      cursor={onPick ? "pointer" : "default"}
      {...(testId === undefined ? {} : { testId })}
      onPoint={(x, y) => onNear?.(pieces.point(x, y))}
      onLeave={() => {
        pieces.leave();
        onNear?.(null);
      }}
      onPress={(x, y) => onPick?.(pieces.stepAt(x), pieces.point(x, y))}
    />
  );
}

function drawAxes(
  context: CanvasRenderingContext2D,
  frame: Frame,
  format: (value: number) => string,
): void {
  const colours = palette(theme.value);
  const { left, top, width, height, from, to, low, high } = frame;
  context.font = canvasFont(11);
  context.fillStyle = colours.muted;
  context.strokeStyle = colours.border;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of ticks(low, high, Math.max(2, Math.floor(height / 50)))) {
    const y = Math.round(yOf(frame, value)) + 0.5;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
    context.fillText(format(value), left - 6, y);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const step of ticks(from, to, Math.max(2, Math.floor(width / 80)))) {
    if (Number.isInteger(step))
      context.fillText(step.toLocaleString("en-US"), xOf(frame, step), top + height + 7);
  }
}

function drawThin(context: CanvasRenderingContext2D, frame: Frame, lines: readonly Line[]): void {
  // Many lines on each other must not become one dark area.
  const thin = lines.filter((each) => !each.bold);
  context.globalAlpha = Math.max(0.25, Math.min(0.8, 40 / thin.length));
  clipped(context, frame, () => {
    for (const line of thin) drawLine(context, frame, line, 1);
  });
  context.globalAlpha = 1;
}

function clipped(
  context: CanvasRenderingContext2D,
  { left, top, width, height }: Frame,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(left - 2, top - 2, width + 4, height + 4);
  context.clip();
  draw();
  context.restore();
}

function drawLine(
  context: CanvasRenderingContext2D,
  frame: Frame,
  line: Line,
  width: number,
): void {
  const { steps, values } = line;
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  context.lineWidth = width;
  context.setLineDash(line.dash ?? []);
  context.beginPath();
  let open = false;
  for (let index = 0; index < steps.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) open = false;
    else if (open) context.lineTo(xOf(frame, steps[index] ?? 0), yOf(frame, value));
    else {
      const [x, y] = [xOf(frame, steps[index] ?? 0), yOf(frame, value)];
      context.moveTo(x, y);
      open = true;
      // A value without neighbours is a dot, not nothing.
      if (Number.isNaN(values[index + 1] ?? Number.NaN)) context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
  }
  context.stroke();
  context.setLineDash([]);
}

function drawMarks(context: CanvasRenderingContext2D, frame: Frame, marks: readonly Mark[]): void {
  context.strokeStyle = palette(theme.value).accent;
  context.lineWidth = 1.5;
  for (const { step, dashed } of marks) {
    const x = Math.round(xOf(frame, step)) + 0.5;
    context.setLineDash(dashed ? [3, 3] : []);
    context.beginPath();
    context.moveTo(x, frame.top);
    context.lineTo(x, frame.top + frame.height);
    context.stroke();
  }
  context.setLineDash([]);
}

/** The line under the pointer: bold, with its name and value. */
function drawNear(
  context: CanvasRenderingContext2D,
  frame: Frame,
  line: Line,
  index: number,
  format: (value: number) => string,
): void {
  const colours = palette(theme.value);
  const [step, value] = [line.steps[index] ?? 0, line.values[index] ?? Number.NaN];
  clipped(context, frame, () =>
    drawLine(context, frame, { ...line, colour: line.bold ? line.colour : colours.text }, 2.5),
  );
  const [x, y] = [xOf(frame, step), yOf(frame, value)];
  context.fillStyle = line.bold ? line.colour : colours.text;
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fill();
  const text = `${line.name} · step ${step.toLocaleString("en-US")} · ${format(value)}`;
  context.font = canvasFont(11, 500);
  context.textAlign = "left";
  context.textBaseline = "middle";
  const width = context.measureText(text).width + 12;
  const left = Math.max(frame.left, Math.min(x - width / 2, frame.left + frame.width - width));
  const middle = y - frame.top > 30 ? y - 18 : y + 18;
  context.fillStyle = colours.card;
  context.strokeStyle = colours.border;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(left, middle - 10, width, 20, 4);
  context.fill();
  context.stroke();
  context.fillStyle = colours.text;
  context.fillText(text, left + 6, middle + 0.5);
}
