/** Draws the heads x steps raster: each row a head, each column a step, the colour the metric. */

import { nearestIndex } from "../../../draw/chart/nearest";
import { changeEntry, changeRamp, sequential } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { pixelImage } from "../../../draw/pixel_image";
import { canvasFont } from "../../../draw/style";
import { countText } from "../../../format";
import { withPlace } from "../../../state/compare";
import { theme } from "../../../state/host";
import { run, step, tag } from "../../../state/selection";
import { headName } from "../../../ui/metric_words";
import { chosen, isSame, pointed, range, rasterOrder, series, signed } from "../state";

export interface RasterLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
}

const ROOM = { left: 52, right: 8, top: 2, bottom: 18 };

export function layoutRaster(width: number, height: number): RasterLayout {
  return {
    left: ROOM.left,
    top: ROOM.top,
    width: Math.max(1, width - ROOM.left - ROOM.right),
    height: Math.max(1, height - ROOM.top - ROOM.bottom),
    rows: Math.max(1, rasterOrder.value.length),
    columns: Math.max(1, series.value?.steps.length ?? 0),
  };
}

/** Row and column at a point; null beside the raster. */
export function rasterCell(
  layout: RasterLayout,
  x: number,
  y: number,
): { readonly row: number; readonly column: number } | null {
  const [column, row] = [
    Math.floor(((x - layout.left) / layout.width) * layout.columns),
    Math.floor(((y - layout.top) / layout.height) * layout.rows),
  ];
  return column >= 0 && column < layout.columns && row >= 0 && row < layout.rows
    ? { row, column }
    : null;
}

/** One pixel a cell; the picture is stretched to the box. What is not defined is left clear. */
function pixelsOf(rows: readonly number[], columns: number): Uint8ClampedArray<ArrayBuffer> {
  const values = series.value?.values ?? new Float32Array();
  const [low, high] = range.value;
  const factor = high > low ? 255 / (high - low) : 0;
  const table = (signed.value ? changeRamp : sequential)(theme.value);
  const ramp = new Uint32Array(table.slice().buffer);
  const pixels = new Uint8ClampedArray(rows.length * columns * 4);
  const words = new Uint32Array(pixels.buffer);
  rows.forEach((index, row) => {
    for (let column = 0; column < columns; column++) {
      const value = values[index * columns + column] ?? Number.NaN;
      const entry = signed.value
        ? changeEntry(value / high, true)
        : Math.max(0, Math.min(255, Math.round((value - low) * factor)));
      words[row * columns + column] = Number.isNaN(value) ? 0 : (ramp[entry] ?? 0);
    }
  });
  return pixels;
}

export function paintRaster(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
): void {
  const layout = layoutRaster(width, height);
  const rows = rasterOrder.value;
  if (rows.length === 0 || !series.value || series.value.steps.length === 0) return;
  const image = pixelImage(pixelsOf(rows, layout.columns), layout.columns);
  paintUndefined(context, layout);
  // Many steps on few pixels are averaged; few steps stay sharp.
  context.imageSmoothingEnabled =
    layout.columns > layout.width * 1.5 || layout.rows > layout.height;
  if (image) context.drawImage(image, layout.left, layout.top, layout.width, layout.height);
  paintSteps(context, layout, series.value.steps);
}

/** CSS pixels between two strokes. */
const STROKES = 5;

/** Not defined is not 0: where the picture is clear, strokes show, as in the matrix. */
function paintUndefined(context: CanvasRenderingContext2D, layout: RasterLayout): void {
  const { left, top, width, height } = layout;
  const colours = palette(theme.value);
  context.fillStyle = colours.panel;
  context.fillRect(left, top, width, height);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colours.muted;
  context.lineWidth = 0.5;
  context.beginPath();
  for (let x = left; x < left + width + height; x += STROKES) {
    context.moveTo(x, top);
    context.lineTo(x - height, top + height);
  }
  context.stroke();
  context.restore();
}

function paintSteps(
  context: CanvasRenderingContext2D,
  layout: RasterLayout,
  steps: readonly number[],
): void {
  context.fillStyle = palette(theme.value).muted;
  context.font = canvasFont(11);
  context.textBaseline = "top";
  const count = Math.max(1, Math.min(steps.length, Math.floor(layout.width / 110)));
  for (let each = 0; each <= count; each++) {
    const index = Math.round((each / count) * (steps.length - 1));
    context.textAlign = each === 0 ? "left" : each === count ? "right" : "center";
    const x =
      layout.left +
      ((index + (each === 0 ? 0 : each === count ? 1 : 0.5)) / layout.columns) * layout.width;
    context.fillText(countText(steps[index] ?? 0), x, layout.top + layout.height + 5);
    if (steps.length === 1) return;
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
  const [layout, own] = [layoutRaster(width, height), series.value];
  if (!own || own.steps.length === 0) return;
  const colours = palette(theme.value);
  const place = withPlace.value;
  const other = place?.run === run.value && place.tag === tag.value ? place.step : null;
  for (const [at, dash] of [[step.value, []], ...(other === null ? [] : [[other, [3, 3]]])] as [
    number,
    number[],
  ][]) {
    const index = nearestIndex(own.steps, at);
    const x = Math.round(layout.left + ((index + 0.5) / layout.columns) * layout.width) + 0.5;
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
