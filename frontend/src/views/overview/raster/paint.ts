/** Draws the heads x steps raster: each row a head, each column a step, the colour the metric. */

import { nearestIndex } from "../../../draw/chart/nearest";
import { changeEntry, changeRamp, sequential } from "../../../draw/colour";
import { paintHatch } from "../../../draw/hatch";
import { palette } from "../../../draw/palette";
import { pixelImage } from "../../../draw/pixel_image";
import { pixelRatio } from "../../../draw/ratio";
import { canvasFont } from "../../../draw/style";
import { countText } from "../../../format";
import { withPlace } from "../../../state/compare";
import { theme } from "../../../state/host";
import { run, step, tag } from "../../../state/selection";
import { headName } from "../../../ui/metric_words";
import { chosen, isSame, pointed, range, rasterOrder, series, signed } from "../state";
import { averaged } from "./average";
import {
  columnMiddle,
  layoutRaster,
  type RasterLayout,
  rasterSize,
  strokesAll,
  toldColumns,
} from "./layout";

/** Of the heads that pass the filter, and all steps. Reads signals. */
export function rasterAt(width: number, height: number): RasterLayout {
  return layoutRaster(width, height, rasterOrder.value.length, series.value?.steps.length ?? 0);
}

/** How many heads a line of pixels is the mean of; 1 where each head has a line of its own. */
export function headsOfLine(height: number): number {
  const layout = rasterAt(1, height);
  return layout.rows / rasterSize(layout, pixelRatio())[0];
}

/** RGBA of a value; what is not defined is left clear. */
function rampOf(): (value: number) => number {
  const [low, high] = range.value;
  const factor = high > low ? 255 / (high - low) : 0;
  const table = (signed.value ? changeRamp : sequential)(theme.value);
  const ramp = new Uint32Array(table.slice().buffer);
  const isSigned = signed.value;
  return (value) => {
    if (Number.isNaN(value)) return 0;
    const entry = isSigned
      ? changeEntry(value / high, true)
      : Math.max(0, Math.min(255, Math.round((value - low) * factor)));
    return ramp[entry] ?? 0;
  };
}

function pixelsOf(
  rows: readonly number[],
  layout: RasterLayout,
  size: readonly [rows: number, columns: number],
): Uint8ClampedArray<ArrayBuffer> {
  const values = series.value?.values ?? new Float32Array();
  const { columns } = layout;
  const ordered = new Float32Array(rows.length * columns);
  rows.forEach((index, row) => {
    ordered.set(values.subarray(index * columns, (index + 1) * columns), row * columns);
  });
  const means = averaged(ordered, [rows.length, columns], size);
  const pixels = new Uint8ClampedArray(means.length * 4);
  const words = new Uint32Array(pixels.buffer);
  const colour = rampOf();
  for (let at = 0; at < means.length; at++) words[at] = colour(means[at] as number);
  return pixels;
}

export function paintRaster(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const layout = rasterAt(width, height);
  const rows = rasterOrder.value;
  if (rows.length === 0 || !series.value || series.value.steps.length === 0) return;
  const size = rasterSize(layout, pixelRatio());
  const image = pixelImage(pixelsOf(rows, layout, size), size[1]);
  paintUndefined(context, layout);
  // Means are made above; what is stretched keeps its edges.
  context.imageSmoothingEnabled = false;
  if (image) context.drawImage(image, layout.left, layout.top, layout.width, layout.height);
  paintSteps(context, layout, series.value.steps);
}

/** Not defined is not 0: where the picture is clear, strokes show, as in the matrix. */
function paintUndefined(context: CanvasRenderingContext2D, layout: RasterLayout): void {
  const { left, top, width, height } = layout;
  const colours = palette(theme.value);
  context.fillStyle = colours.panel;
  context.fillRect(left, top, width, height);
  paintHatch(context, layout, colours.hatch);
}

/** CSS pixels of a stroke under the column of a step; that of a step that is told is longer. */
const STROKE = { told: 5, other: 3 };

/** A stroke under the column of each step, and the steps as far as they have room. */
function paintSteps(
  context: CanvasRenderingContext2D,
  layout: RasterLayout,
  steps: readonly number[],
): void {
  const colours = palette(theme.value);
  context.font = canvasFont(11);
  const texts = steps.map(countText);
  const widths = texts.map((each) => context.measureText(each).width);
  const told = toldColumns(layout, Math.max(...widths));
  const bottom = layout.top + layout.height;
  context.strokeStyle = colours.muted;
  context.lineWidth = 1;
  const strokes = strokesAll(layout) ? steps.keys() : told.values();
  const long = new Set(told);
  context.beginPath();
  for (const column of strokes) {
    const x = Math.floor(columnMiddle(layout, column)) + 0.5;
    context.moveTo(x, bottom + 1);
    context.lineTo(x, bottom + 1 + (long.has(column) ? STROKE.told : STROKE.other));
  }
  context.stroke();
  context.fillStyle = colours.muted;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const column of told) {
    const half = (widths[column] ?? 0) / 2;
    // The text of the last step may be wider than what is right of its column.
    const last = layout.left + layout.width + 8 - half;
    context.fillText(
      texts[column] ?? "",
      Math.min(columnMiddle(layout, column), last),
      bottom + STROKE.told + 4,
    );
  }
}

/**
 * The step, the compared step, and the names of the chosen heads and of the one under the pointer.
 */
export function paintRasterMarks(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const [layout, own] = [rasterAt(width, height), series.value];
  if (!own || own.steps.length === 0) return;
  const colours = palette(theme.value);
  const place = withPlace.value;
  const other = place?.run === run.value && place.tag === tag.value ? place.step : null;
  for (const [at, dash] of [[step.value, []], ...(other === null ? [] : [[other, [3, 3]]])] as [
    number,
    number[],
  ][]) {
    const index = nearestIndex(own.steps, at);
    const x = Math.floor(columnMiddle(layout, index)) + 0.5;
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.5;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x, layout.top);
    context.lineTo(x, layout.top + layout.height);
    context.stroke();
  }
  context.setLineDash([]);
  paintNames(context, layout);
}

/** Rows of fewer CSS pixels have a mark at both sides instead of a frame. */
const THIN = 4;

function paintNames(context: CanvasRenderingContext2D, layout: RasterLayout): void {
  const colours = palette(theme.value);
  const heads = series.value?.heads ?? [];
  const rowHeight = layout.height / layout.rows;
  const named = new Set(
    chosen.value.map((each) => heads.findIndex((head) => isSame(head, each))).concat(pointed.value),
  );
  context.font = canvasFont(10);
  context.textBaseline = "middle";
  context.textAlign = "right";
  let free = Number.NEGATIVE_INFINITY;
  rasterOrder.value.forEach((index, row) => {
    const y = layout.top + (row + 0.5) * rowHeight;
    const marked = named.has(index);
    if (!marked && (rowHeight < 10 || y < free)) return;
    // Names of chosen heads that stand close together would cover each other; the one under the
    // pointer is always told.
    const told = y >= free || index === pointed.value;
    context.fillStyle = marked ? colours.text : colours.muted;
    if (told)
      context.fillText(
        heads[index] ? headName(heads[index]) : "",
        layout.left - 6,
        Math.max(layout.top + 5, y),
      );
    if (!marked) return;
    free = y + 10;
    if (rowHeight < THIN && index !== pointed.value) {
      // A frame would cover the row, and those beside it.
      context.fillStyle = colours.accent;
      context.fillRect(layout.left - 4, Math.round(y) - 1, 4, 2);
      context.fillRect(layout.left + layout.width, Math.round(y) - 1, 4, 2);
      return;
    }
    context.strokeStyle = index === pointed.value ? colours.text : colours.accent;
    context.lineWidth = 1;
    context.strokeRect(
      layout.left - 0.5,
      y - rowHeight / 2 - 0.5,
      layout.width + 1,
      Math.max(2, rowHeight),
    );
  });
}
