/** Paints heat maps in two layers: the maps with their labels; the cross-hair and its numbers. */

import { paintHatch } from "../../draw/hatch";
import { type Palette, palette } from "../../draw/palette";
import { canvasFont } from "../../draw/style";
import { paintTag } from "../../draw/tag";
import { fitText, widthIn } from "../../draw/text";
import { drawLabel } from "../../draw/token_label";
import { theme } from "../../state/host";
import { type RowLabel, rowName } from "../../state/row_labels";
import type { Cross } from "./keys";
import { inView, type Maps, mapCorner, NUMBERED_CELL, ticks } from "./layout";
import { paintNumbers } from "./paint_numbers";
import type { HeatMapStage } from "./state";

type Context = CanvasRenderingContext2D;

/** Widest name beside the cross-hair, in CSS pixels. */
const LONGEST_NAME = 140;

interface Corner {
  readonly x: number;
  readonly y: number;
}

/** The maps that can be seen. */
export function paintMaps(context: Context, stage: HeatMapStage): void {
  const at = stage.maps.value;
  if (at === null) return;
  const paints = palette(theme.value);
  context.imageSmoothingEnabled = false;
  for (const index of seen(stage, at)) {
    const corner = cornerOf(stage, at, index);
    // Masked cells of the picture are transparent.
    context.fillStyle = paints.masked;
    context.fillRect(corner.x, corner.y, at.mapWidth, at.mapHeight);
    const picture = stage.pictures.value(index);
    // In a difference the ground of no change is as quiet as theirs: strokes set them apart.
    if (stage.source.heads()[index]?.cells.signed)
      paintHatch(context, boxOf(at, corner), paints.hatch);
    if (picture) context.drawImage(picture, corner.x, corner.y, at.mapWidth, at.mapHeight);
    context.strokeStyle = paints.border;
    context.lineWidth = 1;
    context.strokeRect(corner.x - 0.5, corner.y - 0.5, at.mapWidth + 1, at.mapHeight + 1);
    if (at.cell >= NUMBERED_CELL) paintNumbers(context, stage, at, index, corner);
    if (at.title > 0) paintTitle(context, stage, at, index, paints);
    if (at.font > 0) paintLabels(context, stage, at, index, paints);
    else if (at.keyRoom > 0) paintTicks(context, stage, at, corner, paints);
  }
}

/**
 * The cross-hair through the pointed and the pinned cell, in every map, with the exact number of
 * each.
 */
export function paintCross(context: Context, stage: HeatMapStage): void {
  const at = stage.maps.value;
  if (at === null) return;
  const paints = palette(theme.value);
  const [pointed, pinned] = [stage.source.pointed(), stage.source.pinned()];
  const { query, key } = pointed ?? pinned;
  for (const index of seen(stage, at)) {
    const corner = cornerOf(stage, at, index);
    strokeCross(context, at, corner, pinned, paints.accent);
    if (pointed !== null) strokeCross(context, at, corner, pointed, paints.text);
    if (at.title > 0 && query !== null && key !== null)
      paintNumber(context, stage, at, index, stage.source.number(index, { query, key }), paints);
  }
  // Labels of their own may be out of sight where the maps are larger than the box.
  if (stage.source.titled && (at.font === 0 || stage.source.zoom.value > 1))
    paintNames(context, stage, cornerOf(stage, at, pointed?.map ?? 0), at, { query, key });
}

function seen(stage: HeatMapStage, at: Maps): number[] {
  const { width, height } = stage.view.value;
  const found: number[] = [];
  for (let index = 0; index < at.count; index++) {
    const { x, y } = cornerOf(stage, at, index);
    const across = x - at.queryRoom < width && x + at.mapWidth > 0;
    if (across && y - at.title - at.keyRoom < height && y + at.mapHeight > 0) found.push(index);
  }
  return found;
}

function cornerOf({ view }: HeatMapStage, at: Maps, index: number): Corner {
  const { x, y } = mapCorner(at, index);
  return { x: x - Math.round(view.value.left), y: y - Math.round(view.value.top) };
}

function boxOf(at: Maps, { x, y }: Corner) {
  return { left: x, top: y, width: at.mapWidth, height: at.mapHeight };
}

/** Middle of the line above a map. */
function titleY(at: Maps, corner: Corner): number {
  return corner.y - at.keyRoom - at.title / 2 - 2;
}

function paintTitle(
  context: Context,
  stage: HeatMapStage,
  at: Maps,
  index: number,
  paints: Palette,
): void {
  const corner = cornerOf(stage, at, index);
  const head = stage.source.heads()[index];
  const y = titleY(at, corner);
  context.fillStyle = head?.colour ?? paints.muted;
  context.fillRect(corner.x, y - 4, 8, 8);
  context.fillStyle = paints.text;
  context.font = canvasFont(12);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(head?.name ?? "", corner.x + 13, y);
}

function paintLabels(
  context: Context,
  stage: HeatMapStage,
  at: Maps,
  index: number,
  paints: Palette,
): void {
  const corner = cornerOf(stage, at, index);
  const { width, height } = stage.view.value;
  const middle = at.cell / 2;
  context.font = canvasFont(at.font);
  const draw = (label: RowLabel | undefined, x: number, y: number, side: "query" | "key"): void => {
    if (!label) return;
    const room = (side === "query" ? at.queryRoom : at.keyRoom) - 6;
    drawLabel(context, label, { x, y, room, align: side === "query" ? "right" : "left" }, paints);
  };
  if (index % at.across === 0) {
    const labels = stage.source.queryLabels();
    for (const row of inView(at.queries, at.cell, corner.y, height))
      draw(labels[row], corner.x - 5, corner.y + row * at.cell + middle, "query");
  }
  const labels = stage.source.keyLabels();
  for (const column of inView(at.keys, at.cell, corner.x, width)) {
    context.save();
    context.translate(corner.x + column * at.cell + middle, corner.y - 5);
    context.rotate(-Math.PI / 2);
    draw(labels[column], 0, 0, "key");
    context.restore();
  }
}

/** Positions beside a map whose cells are too small for labels. */
function paintTicks(
  context: Context,
  { source, view }: HeatMapStage,
  at: Maps,
  corner: Corner,
  paints: Palette,
): void {
  context.font = canvasFont(10);
  context.fillStyle = paints.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const [queries, keys] = [source.queryLabels(), source.keyLabels()];
  for (const row of ticks(at.queries)) {
    const y = Math.max(corner.y + 4, corner.y + (row + 0.5) * at.cell);
    context.fillText(firstPosition(queries, row), corner.x - 5, y);
  }
  context.textAlign = "center";
  for (const column of ticks(at.keys)) {
    const text = firstPosition(keys, column);
    // The last one may be wider than what is right of it.
    const most = view.value.width - context.measureText(text).width / 2;
    const x = Math.min(most, corner.x + (column + 0.5) * at.cell);
    context.fillText(text, x, corner.y - 8);
  }
}

function firstPosition(labels: readonly RowLabel[], row: number): string {
  return labels[row]?.position.split("-")[0] ?? String(row);
}

function strokeCross(
  context: Context,
  at: Maps,
  corner: Corner,
  { query, key }: Cross,
  colour: string,
): void {
  const size = Math.max(1, at.cell) + 1;
  const [left, top] = [corner.x - 0.5, corner.y - 0.5];
  context.strokeStyle = colour;
  context.lineWidth = 1;
  if (query !== null) context.strokeRect(left, top + query * at.cell, at.mapWidth + 1, size);
  if (key !== null) context.strokeRect(left + key * at.cell, top, size, at.mapHeight + 1);
}

function paintNumber(
  context: Context,
  stage: HeatMapStage,
  at: Maps,
  index: number,
  text: string,
  paints: Palette,
): void {
  const corner = cornerOf(stage, at, index);
  const y = Math.max(9, titleY(at, corner));
  context.font = canvasFont(12, 500);
  context.textBaseline = "middle";
  context.textAlign = "right";
  const right = Math.min(corner.x + at.mapWidth, stage.view.value.width);
  const width = context.measureText(text).width;
  // Over the name of the map where both do not fit beside each other.
  context.fillStyle = paints.card;
  context.fillRect(right - width - 4, y - 8, width + 6, 16);
  context.fillStyle = paints.text;
  context.fillText(text, right, y);
}

/** Names of the crossed row and column beside the map that is pointed at. */
function paintNames(
  context: Context,
  { source, view }: HeatMapStage,
  corner: Corner,
  at: Maps,
  { query, key }: Cross,
): void {
  const { width, height } = view.value;
  const tag = (labels: readonly RowLabel[], row: number, x: number, y: number): void => {
    context.font = canvasFont(11);
    const name = `${labels[row]?.position ?? row} ${rowName(labels, row)}`;
    const text = fitText(name, LONGEST_NAME, widthIn(context));
    paintTag(context, text, (wide) => Math.max(0, Math.min(x, width - wide)), y);
  };
  if (query !== null)
    tag(source.queryLabels(), query, corner.x + 4, corner.y + (query + 0.5) * at.cell);
  const below = Math.min(corner.y + at.mapHeight, height) - 10;
  if (key !== null) tag(source.keyLabels(), key, corner.x + (key + 0.5) * at.cell + 4, below);
}
