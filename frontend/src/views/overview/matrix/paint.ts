/**
 * Draws the layers x heads matrix: cells in the colour of a value or a change, numbers of layers
 * and heads, the chosen heads framed.
 */

import { changeEntry, changeRamp, rampColour, sequential } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { theme } from "../../../state/host";
import { headsBy } from "../../../state/overview";
import { byEffect, byValue } from "../series";
import {
  differences,
  differs,
  estimatesNow,
  isChosen,
  otherEstimates,
  otherNow,
  passes,
  pointed,
  range,
  series,
  signed,
  valuesNow,
} from "../state";
import { cellCorner, headAt, LABELS, layoutMatrix, type MatrixLayout } from "./layout";

/** Room between A's matrix and B's. */
const GAP = 10;

/** How many matrices stand side by side: B's too, where A and B are compared so. */
export function matrixCount(): number {
  return otherNow.value && !differs.value ? 2 : 1;
}

export function layoutAt(width: number, height: number): MatrixLayout {
  const count = matrixCount();
  const shown = differs.value ? differences.value : valuesNow.value;
  const ordered = (): readonly number[] =>
    signed.value && !differs.value ? byEffect(shown, estimatesNow.value) : byValue(shown);
  const sorted = headsBy.value === "value" ? ordered() : null;
  return layoutMatrix(
    series.value?.heads ?? [],
    sorted,
    (width - GAP * (count - 1)) / count,
    height,
  );
}

/** Index of the head at a point of the canvas, -1 where there is none. */
export function headAtPoint(width: number, height: number, x: number, y: number): number {
  const count = matrixCount();
  const each = (width + GAP) / count;
  return headAt(layoutAt(width, height), x % each, y);
}

export function paintMatrix(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const layout = layoutAt(width, height);
  if (differs.value) {
    const largest = largestChange();
    const colour = (value: number): string =>
      rampColour(changeRamp(theme.value), 127.5 + (127.5 * value) / largest);
    paintCells(context, layout, colour, differences.value, null);
    return;
  }
  const colour = valueColour();
  paintCells(context, layout, colour, valuesNow.value, estimatesNow.value);
  if (matrixCount() === 1 || !otherNow.value) return;
  context.translate((width + GAP) / 2, 0);
  paintCells(context, layout, colour, otherNow.value, otherEstimates.value);
}

/** The colour of a value: a few effects are far larger than the others, so theirs go by the root. */
function valueColour(): (value: number) => string {
  const [low, high] = range.value;
  const table = (signed.value ? changeRamp : sequential)(theme.value);
  if (signed.value) return (value) => rampColour(table, changeEntry(value / high, true));
  return (value) => rampColour(table, high > low ? (255 * (value - low)) / (high - low) : 0);
}

/**
 * The largest change, at least a twentieth of the scale, so that noise does not look like a change.
 */
export function largestChange(): number {
  const [low, high] = range.value;
  const largest = differences.value.reduce(
    (most, each) => (Math.abs(each) > most ? Math.abs(each) : most),
    0,
  );
  return Math.max(largest, (high - low) / 20);
}

/** Of a cell, the side of the square that stands for an estimate. */
const SMALL = 0.5;

function paintCells(
  context: CanvasRenderingContext2D,
  layout: MatrixLayout,
  colour: (value: number) => string,
  values: Float32Array,
  estimates: Float32Array | null,
): void {
  const colours = palette(theme.value);
  const { cellWidth, cellHeight } = layout;
  const gap = Math.min(cellWidth, cellHeight) >= 7 ? 1 : 0;
  series.value?.heads.forEach((head, index) => {
    const { x, y } = cellCorner(layout, index);
    const value = values[index] ?? Number.NaN;
    const estimate = Number.isNaN(value) ? (estimates?.[index] ?? Number.NaN) : Number.NaN;
    context.globalAlpha = passes(head) ? 1 : 0.15;
    context.fillStyle = Number.isNaN(value) ? colours.panel : colour(value);
    context.fillRect(x, y, cellWidth - gap, cellHeight - gap);
    if (gap > 0) {
      context.strokeStyle = colours.border;
      context.lineWidth = 0.5;
      context.strokeRect(x + 0.25, y + 0.25, cellWidth - gap - 0.5, cellHeight - gap - 0.5);
    }
    if (!Number.isNaN(estimate)) {
      const inset = (1 - SMALL) / 2;
      context.fillStyle = colour(estimate);
      context.fillRect(
        x + inset * (cellWidth - gap),
        y + inset * (cellHeight - gap),
        SMALL * (cellWidth - gap),
        SMALL * (cellHeight - gap),
      );
    } else if (Number.isNaN(value)) {
      // Not defined is not 0: a stroke through the cell.
      context.strokeStyle = colours.muted;
      context.lineWidth = 0.7;
      context.beginPath();
      context.moveTo(x, y + cellHeight - gap);
      context.lineTo(x + cellWidth - gap, y);
      context.stroke();
    }
  });
  context.globalAlpha = 1;
  if (headsBy.value === "model") paintNumbers(context, layout);
}

function paintNumbers(context: CanvasRenderingContext2D, layout: MatrixLayout): void {
  const heads = series.value?.heads ?? [];
  const layers = [...new Set(heads.map((each) => each.layer))];
  context.fillStyle = palette(theme.value).muted;
  context.font = canvasFont(10);
  context.textBaseline = "middle";
  context.textAlign = "right";
  const down = Math.ceil(11 / layout.cellHeight);
  layers.forEach((layer, row) => {
    if (row % down === 0)
      context.fillText(String(layer), LABELS - 6, layout.top + (row + 0.5) * layout.cellHeight);
  });
  context.textAlign = "center";
  const across = Math.ceil(15 / layout.cellWidth);
  for (let column = 0; column < layout.columns; column += across) {
    context.fillText(String(column), layout.left + (column + 0.5) * layout.cellWidth, 8);
  }
}

/** Frames around the chosen heads and the one under the pointer. */
export function paintFrames(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const colours = palette(theme.value);
  const layout = layoutAt(width, height);
  for (let each = 0; each < matrixCount(); each++) {
    series.value?.heads.forEach((head, index) => {
      const under = pointed.value === index;
      if (!under && !isChosen(head)) return;
      const { x, y } = cellCorner(layout, index);
      context.strokeStyle = under ? colours.text : colours.accent;
      context.lineWidth = 2;
      context.strokeRect(
        x - 0.5,
        y - 0.5,
        Math.max(4, layout.cellWidth),
        Math.max(4, layout.cellHeight),
      );
    });
    context.translate((width + GAP) / 2, 0);
  }
}
