/** What of a head is drawn near by: its matrix, its lines, its neurons. */

import { paintCells } from "../../../draw/cell_pixels";
import { changeColour, changeRamp, headColour, sequential } from "../../../draw/colour";
import { paintHatch } from "../../../draw/hatch";
import type { Palette } from "../../../draw/palette";
import { pixelImage } from "../../../draw/pixel_image";
import { canvasFont } from "../../../draw/style";
import { drawLabel, widestLabel } from "../../../draw/token_label";
import type { HeadCells } from "../../../state/head_cells";
import { theme } from "../../../state/host";
import type { RowLabel } from "../../../state/row_labels";
import { scale } from "../../../state/show";
import type { Theme } from "../../../types";
import { differs, halves } from "../changes";
import type { Side } from "../compared";
import { type EnlargedHead, enlargedHead } from "../enlarged/source";
import { drawHeadLines, drawTokens, type LinesScene, linesLayout } from "../head_lines";
import type { HeadBox } from "./paint";
import { paintNeurons } from "./paint_neurons";

type Context = CanvasRenderingContext2D;

/** Smallest row of a matrix with a label, in CSS pixels. */
const LABELLED = 9;
const FONT = { least: 8, most: 12 };
/** Of the side, for labels. */
const LABEL_SHARE = 0.26;
/** A level that has just begun to show through has its labels still to come. */
const LABELS_FROM = 0.6;
/** CSS pixels between strokes over masked cells of a large picture. */
const HATCH = 6;

const heads = new Map<string, EnlargedHead>();

/** A head as the enlarged one beside the grid is: the settings of Show act in it. */
export function headAt({ layer, head }: HeadBox["address"], side: Side): EnlargedHead {
  const key = `${layer}.${head}.${side}`;
  const made = heads.get(key) ?? enlargedHead({ layer, head }, 0, side);
  heads.set(key, made);
  return made;
}

/** A, A less B, or A and B beside each other. Reads signals. */
export function sidesNow(): readonly Side[] {
  if (differs.value) return ["difference"];
  return halves.value ? ["a", "b"] : ["a"];
}

export function paintDetail(
  context: Context,
  box: HeadBox,
  level: "matrix" | "lines" | "neurons",
  alpha: number,
  paints: Palette,
): void {
  context.fillStyle = paints.card;
  context.fillRect(box.left, box.top, box.side, box.side);
  if (level === "neurons") {
    paintNeurons(context, box, paints);
    return;
  }
  const sides = sidesNow();
  const width = box.side / sides.length;
  sides.forEach((side, at) => {
    const { source } = headAt(box.address, side);
    const cells = source.heads()[0]?.cells;
    if (!cells) return;
    const part = { left: box.left + at * width, top: box.top, width, height: box.side };
    const labels = { queries: source.queryLabels(), keys: source.keyLabels() };
    if (level === "matrix") paintMatrix(context, part, cells, labels, alpha, paints);
    else paintLines(context, part, cells, labels, box.address.head, alpha, paints);
  });
}

interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Labels {
  readonly queries: readonly RowLabel[];
  readonly keys: readonly RowLabel[];
}

function paintMatrix(
  context: Context,
  { left, top, width, height }: Part,
  cells: HeadCells,
  labels: Labels,
  alpha: number,
  paints: Palette,
): void {
  const fits = labels.queries.length === cells.queries && labels.keys.length === cells.keys;
  const inner = (1 - LABEL_SHARE) * Math.min(width, height);
  const isLabelled = fits && inner / Math.max(cells.queries, cells.keys) >= LABELLED;
  const font = Math.max(
    FONT.least,
    Math.min(FONT.most, Math.floor(inner / Math.max(cells.queries, cells.keys))),
  );
  const room = isLabelled ? roomOf(labels, canvasFont(font), width) : { queries: 0, keys: 0 };
  const map = {
    left: left + room.queries,
    top: top + room.keys,
    width: width - room.queries,
    height: height - room.keys,
  };
  const picture = pictureOf(cells, theme.value, scale.value === "sqrt");
  if (cells.signed) paintMasked(context, map, paints);
  else {
    context.fillStyle = paints.masked;
    context.fillRect(map.left, map.top, map.width, map.height);
  }
  context.imageSmoothingEnabled = map.width < cells.keys;
  if (picture) context.drawImage(picture, map.left, map.top, map.width, map.height);
  if (!isLabelled || alpha < LABELS_FROM) return;
  context.font = canvasFont(font);
  const [row, column] = [map.height / cells.queries, map.width / cells.keys];
  labels.queries.forEach((label, at) => {
    const y = map.top + (at + 0.5) * row;
    drawLabel(
      context,
      label,
      { x: map.left - 4, y, room: room.queries - 5, align: "right" },
      paints,
    );
  });
  labels.keys.forEach((label, at) => {
    context.save();
    context.translate(map.left + (at + 0.5) * column, map.top - 4);
    context.rotate(-Math.PI / 2);
    drawLabel(context, label, { x: 0, y: 0, room: room.keys - 5, align: "left" }, paints);
    context.restore();
  });
}

/** The ground of a difference, which is seen where cells are masked. */
export function paintMasked(context: Context, part: Part, paints: Palette): void {
  context.fillStyle = paints.masked;
  context.fillRect(part.left, part.top, part.width, part.height);
  paintHatch(context, part, paints.hatch, Math.max(3, Math.min(HATCH, part.width / 12)));
}

function roomOf(labels: Labels, font: string, width: number): { queries: number; keys: number } {
  const most = LABEL_SHARE * width;
  const of = (all: readonly RowLabel[]): number => Math.min(most, widestLabel(all, font) + 7);
  return { queries: of(labels.queries), keys: of(labels.keys) };
}

function paintLines(
  context: Context,
  { left, top, width, height }: Part,
  cells: HeadCells,
  labels: Labels,
  head: number,
  alpha: number,
  paints: Palette,
): void {
  const now = theme.value;
  const scene: LinesScene = {
    cells,
    queryLabels: labels.queries,
    keyLabels: labels.keys,
    colours: cells.signed
      ? { more: changeColour("more", now), less: changeColour("less", now) }
      : { more: headColour(head, now), less: headColour(head, now) },
    inks: paints,
  };
  const layout = linesLayout(
    { left: left + 4, top: top + 4, width: width - 8, height: height - 8 },
    scene,
  );
  drawHeadLines(context, scene, layout, null, alpha);
  if (alpha >= LABELS_FROM) drawTokens(context, scene, layout);
}

const pictures = new WeakMap<HeadCells, { key: string; image: OffscreenCanvas | null }>();

/** A pixel for each cell; more than these are never seen at once. */
const MOST_PIXELS = 1024;

function pictureOf(cells: HeadCells, of: Theme, root: boolean): OffscreenCanvas | null {
  const key = `${of} ${root}`;
  const known = pictures.get(cells);
  if (known?.key === key) return known.image;
  const [rows, columns] = [Math.min(MOST_PIXELS, cells.queries), Math.min(MOST_PIXELS, cells.keys)];
  const table = cells.signed ? changeRamp(of) : sequential(of);
  const image = pixelImage(paintCells(cells, rows, columns, { table, root }), columns);
  pictures.set(cells, { key, image });
  return image;
}
