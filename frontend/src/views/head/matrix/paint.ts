/** Paints the matrices in two layers: the maps with their labels; the cross-hair and its numbers. */

import { MAP_TITLE, type Maps, mapCorner } from "../../../draw/matrix";
import { type Palette, palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { fitText, widthIn } from "../../../draw/text";
import { exactText, signedText } from "../../../format";
import { theme } from "../../../state/host";
import { focus, pinned } from "../focus";
import { drawLabel } from "../labels";
import { keyLabels, labelOf, positionOf, queryLabels } from "../rows";
import { bothAt, colours, differs, mapSeries, placeOfMap, shape } from "../series";
import { box, LABEL_FONT, maps, pictures, scrollLeft, scrollTop, zoom } from "./state";

type Context = CanvasRenderingContext2D;

/** The maps that can be seen. */
export function paintMaps(context: Context): void {
  const at = maps.value;
  if (at === null) return;
  const paints = palette(theme.value);
  context.imageSmoothingEnabled = false;
  for (const index of seen(at)) {
    const corner = cornerOf(at, index);
    context.fillStyle = paints.panel;
    context.fillRect(corner.x, corner.y, at.mapWidth, at.mapHeight);
    const picture = pictures.value(index);
    if (picture) context.drawImage(picture, corner.x, corner.y, at.mapWidth, at.mapHeight);
    context.strokeStyle = paints.border;
    context.lineWidth = 1;
    context.strokeRect(corner.x - 0.5, corner.y - 0.5, at.mapWidth + 1, at.mapHeight + 1);
    paintTitle(context, at, index, corner, paints);
    paintLabels(context, at, index, corner, paints);
  }
}

/** The cross-hair through the pointed or pinned cell, in every map, with the exact number of each. */
export function paintCross(context: Context): void {
  const at = maps.value;
  if (at === null) return;
  const paints = palette(theme.value);
  const { query, key } = focus.value;
  for (const index of seen(at)) {
    const corner = cornerOf(at, index);
    strokeCross(context, at, corner, pinned.value, paints.accent);
    if (query !== null || key !== null)
      strokeCross(context, at, corner, { query, key }, paints.text);
    paintNumber(context, at, index, corner, paints);
  }
  paintNames(context, at, paints);
}

function seen(at: Maps): number[] {
  const { width, height } = box.value;
  const found: number[] = [];
  for (let index = 0; index < at.count; index++) {
    const { x, y } = cornerOf(at, index);
    const across = x - at.queryRoom < width && x + at.mapWidth > 0;
    if (across && y - MAP_TITLE - at.keyRoom < height && y + at.mapHeight > 0) found.push(index);
  }
  return found;
}

function cornerOf(at: Maps, index: number): { readonly x: number; readonly y: number } {
  const corner = mapCorner(at, index);
  return { x: corner.x - Math.round(scrollLeft.value), y: corner.y - Math.round(scrollTop.value) };
}

function paintTitle(
  context: Context,
  at: Maps,
  index: number,
  corner: { x: number; y: number },
  paints: Palette,
): void {
  const y = corner.y - at.keyRoom - MAP_TITLE / 2 - 2;
  context.fillStyle = differs.value ? paints.muted : (colours.value[placeOfMap(index)] ?? "");
  context.fillRect(corner.x, y - 4, 8, 8);
  context.fillStyle = paints.text;
  context.font = canvasFont(12);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(mapSeries.value[index]?.name ?? "", corner.x + 13, y);
}

function paintLabels(
  context: Context,
  at: Maps,
  index: number,
  corner: { x: number; y: number },
  paints: Palette,
): void {
  if (at.keyRoom === 0) return;
  context.font = canvasFont(LABEL_FONT);
  const middle = at.cell / 2;
  if (index % at.across === 0) {
    for (const row of inView(at.queries, at.cell, corner.y, box.value.height)) {
      const place = {
        x: corner.x - 5,
        y: corner.y + row * at.cell + middle,
        room: at.queryRoom - 6,
        align: "right" as const,
      };
      const label = queryLabels.value[row];
      if (label) drawLabel(context, label, place, paints);
    }
  }
  for (const column of inView(at.keys, at.cell, corner.x, box.value.width)) {
    const label = keyLabels.value[column];
    if (!label) continue;
    context.save();
    context.translate(corner.x + column * at.cell + middle, corner.y - 5);
    context.rotate(-Math.PI / 2);
    drawLabel(context, label, { x: 0, y: 0, room: at.keyRoom - 6, align: "left" }, paints);
    context.restore();
  }
}

/** Cells of a map that begins at `start` which can be seen in a box of that size. */
function* inView(count: number, cell: number, start: number, size: number): Generator<number> {
  const end = Math.min(count, Math.ceil((size - start) / cell));
  for (let index = Math.max(0, Math.floor(-start / cell)); index < end; index++) yield index;
}

function strokeCross(
  context: Context,
  at: Maps,
  corner: { x: number; y: number },
  cell: { readonly query: number | null; readonly key: number | null },
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  const size = Math.max(1, at.cell);
  if (cell.query !== null)
    context.strokeRect(
      corner.x - 0.5,
      corner.y + cell.query * at.cell - 0.5,
      at.mapWidth + 1,
      size + 1,
    );
  if (cell.key !== null)
    context.strokeRect(
      corner.x + cell.key * at.cell - 0.5,
      corner.y - 0.5,
      size + 1,
      at.mapHeight + 1,
    );
}

function paintNumber(
  context: Context,
  at: Maps,
  index: number,
  corner: { x: number; y: number },
  paints: Palette,
): void {
  const { query, key } = focus.value;
  const shown = mapSeries.value[index];
  if (query === null || key === null || shown === undefined) return;
  const cell = query * (shape.value?.keys ?? 0) + key;
  const pair = differs.value ? bothAt(shown.head, cell) : null;
  const text = pair ? signedText(pair.a - pair.b) : exactText(shown.data[cell] ?? 0);
  const y = Math.max(9, corner.y - at.keyRoom - MAP_TITLE / 2 - 2);
  context.font = canvasFont(12, 500);
  context.textBaseline = "middle";
  context.textAlign = "right";
  const right = Math.min(corner.x + at.mapWidth, box.value.width);
  const width = context.measureText(text).width;
  // Over the name of the map where both do not fit beside each other.
  context.fillStyle = paints.card;
  context.fillRect(right - width - 4, y - 8, width + 6, 16);
  context.fillStyle = paints.text;
  context.fillText(text, right, y);
}

/** Names of the crossed row and column beside the map that is pointed at, where cells are too small for labels of their own. */
function paintNames(context: Context, at: Maps, paints: Palette): void {
  const { query, key, head } = focus.value;
  const index = Math.max(
    0,
    mapSeries.value.findIndex((each) => each.head === head),
  );
  const corner = cornerOf(at, index);
  context.font = canvasFont(LABEL_FONT);
  // Labels of their own may be out of sight where the maps are larger than the box.
  if (at.keyRoom > 0 && zoom.value === 1) return;
  if (query !== null) {
    const text = `${positionOf("query", query)} ${labelOf("query", query)}`;
    nameTag(context, text, corner.x + 4, corner.y + (query + 0.5) * at.cell, paints);
  }
  if (key !== null) {
    const text = `${positionOf("key", key)} ${labelOf("key", key)}`;
    const below = Math.min(corner.y + at.mapHeight, box.value.height) - 10;
    nameTag(context, text, corner.x + (key + 0.5) * at.cell + 4, below, paints);
  }
}

function nameTag(context: Context, text: string, x: number, y: number, paints: Palette): void {
  const shown = fitText(text, 140, widthIn(context));
  const width = context.measureText(shown).width + 8;
  const left = Math.max(0, Math.min(x, box.value.width - width));
  context.fillStyle = paints.card;
  context.strokeStyle = paints.border;
  context.fillRect(left, y - 8, width, 16);
  context.strokeRect(left + 0.5, y - 7.5, width - 1, 15);
  context.fillStyle = paints.text;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(shown, left + 4, y);
}
