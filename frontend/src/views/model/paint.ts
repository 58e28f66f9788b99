/** The model view's canvas: the cells in view, and labels that stay when they scroll. */

import { palette } from "../../draw/palette";
import { leastRatio } from "../../draw/ratio";
import { BROKEN } from "../../draw/strips";
import { canvasFont } from "../../draw/style";
import type { Viewport } from "../../draw/viewport";
import type { Theme } from "../../types";
import type { Place } from "./arrange";
import type { CellImages } from "./images";
import { cellCorner, type GridLayout, labelEvery, slotOf, slotsIn, visibleRows } from "./layout";

export interface GridScene {
  readonly layout: GridLayout;
  readonly images: CellImages;
  readonly view: Viewport;
  /** Whether another part was in view before. */
  readonly scrolled: boolean;
  readonly ratio: number;
  /** Width of the line about a cell in device pixels. */
  readonly line: number;
  readonly theme: Theme;
  /** Numbers of the layers, row by row. */
  readonly layers: readonly number[];
  /** What stands above a cell that has a label of its own. */
  readonly label: (place: Place) => string;
  /** Whether a cell is of a head with rows that are not numbers, which no thumbnail shows. */
  readonly broken: (place: Place) => boolean;
  readonly focused: Place | null;
  readonly pinned: readonly Place[];
}

type Context = CanvasRenderingContext2D;

/**
 * Milliseconds in which cells are made within one frame; the rest follow in the next ones. Few while
 * one scrolls, so that it stays smooth; else as many as a page can be busy without seeming slow, so
 * that cells appear together. Nobody waits for a frame in a figure.
 */
const AT_ONCE = { scrolled: 7, still: 45, figure: 300 };
/** Height of a label, and the least distance between two beside each other. */
const LABEL_HEIGHT = 12;
const LABEL_GAP = 4;

/** Returns whether all cells in view are there. */
export function drawGrid(
  context: Context,
  scene: GridScene,
  width: number,
  height: number,
): boolean {
  const { layout, view } = scene;
  const rows = visibleRows(layout, view.top, height);
  context.save();
  context.beginPath();
  if (layout.labelled) context.rect(0, 0, width, height);
  else context.rect(layout.left - 3, layout.top - 3, width, height);
  context.clip();
  context.translate(-view.left, -view.top);
  const whole = drawCells(context, scene, rows);
  const colours = palette(scene.theme);
  for (const place of scene.pinned) frameCell(context, layout, place, colours.text);
  if (scene.focused) frameCell(context, layout, scene.focused, colours.accent);
  if (layout.labelled) drawOwnLabels(context, scene, rows);
  context.restore();
  if (!layout.labelled) drawLabels(context, scene, rows, width, height);
  return whole;
}

function drawCells(context: Context, scene: GridScene, rows: readonly [number, number]): boolean {
  const { layout, view, ratio, images } = scene;
  const onScreen = scene.scrolled ? AT_ONCE.scrolled : AT_ONCE.still;
  const until = performance.now() + (leastRatio.peek() > 0 ? AT_ONCE.figure : onScreen);
  context.imageSmoothingEnabled = false;
  let whole = true;
  for (const { slot, place } of slotsIn(layout, rows)) {
    if (!images.isMade(place) && performance.now() > until) {
      whole = false;
      continue;
    }
    const { x, y } = cellCorner(layout, slot);
    const { strip, left, width, height } = images.piece(place);
    const across = snap(x - view.left, ratio) + view.left - scene.line / ratio;
    const down = snap(y - view.top, ratio) + view.top - scene.line / ratio;
    const [w, h] = [width / ratio, height / ratio];
    context.drawImage(strip, left, 0, width, height, across, down, w, h);
    if (scene.broken(place)) markBroken(context, x, y, layout);
  }
  return whole;
}

/** A mark in the upper right corner, which causality leaves empty. */
function markBroken(context: Context, x: number, y: number, layout: GridLayout): void {
  const { cellWidth, cellHeight } = layout;
  const side = Math.max(4, Math.round(Math.min(cellWidth, cellHeight) / 3));
  context.fillStyle = `rgb(${BROKEN.join(" ")})`;
  context.fillRect(x + cellWidth - side, y, side, side);
}

/** Images on whole device pixels stay sharp. */
function snap(value: number, ratio: number): number {
  return Math.round(value * ratio) / ratio;
}

function frameCell(context: Context, layout: GridLayout, place: Place, colour: string): void {
  const slot = slotOf(layout, place);
  if (slot < 0) return;
  const { x, y } = cellCorner(layout, slot);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 1, layout.cellWidth + 2, layout.cellHeight + 2);
}

function drawOwnLabels(context: Context, scene: GridScene, rows: readonly [number, number]): void {
  const { layout } = scene;
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.font = canvasFont(10);
  context.fillStyle = palette(scene.theme).muted;
  for (const { slot, place } of slotsIn(layout, rows)) {
    const { x, y } = cellCorner(layout, slot);
    context.fillText(scene.label(place), x, y - 4, layout.pitch - 3);
  }
}

function drawLabels(
  context: Context,
  scene: GridScene,
  [first, last]: readonly [number, number],
  width: number,
  height: number,
): void {
  const { layout, view } = scene;
  const colours = palette(scene.theme);
  const all = slotsIn(layout, [0, layout.down]);
  const layerOf = (place: Place): number => scene.layers[place.row] ?? place.row;
  const [nameDown, nameAcross] = layout.layersAcross
    ? [(place: Place) => place.head, layerOf]
    : [layerOf, (place: Place) => place.head];
  const columns = new Map(all.map(({ slot, place }) => [slot % layout.across, nameAcross(place)]));
  context.textBaseline = "middle";
  context.font = canvasFont(10, 500);
  context.fillStyle = colours.text;
  context.textAlign = "right";
  const [above, beside] = layout.layersAcross ? ["layer", "head"] : ["head", "layer"];
  context.fillText(above, layout.left - 8, 9);
  context.fillText(beside, layout.left - 8, 21);
  context.font = canvasFont(11);
  context.fillStyle = colours.muted;
  const everyRow = labelEvery(layout.pitchDown, LABEL_HEIGHT);
  const inBlock = layout.across / layout.blocks;
  for (let block = 0; block < layout.blocks; block++) {
    const start = cellCorner(layout, block * inBlock).x - (block > 0 ? view.left : 0);
    clipped(context, start - layout.left, layout.top - 3, layout.left, height, () => {
      for (let row = first; row < last; row++) {
        if (row % everyRow !== 0) continue;
        const at = row * layout.across + block * inBlock;
        const place = layout.slots.slice(at, at + inBlock).find((slot) => slot);
        const y = cellCorner(layout, at).y - view.top + layout.cellHeight / 2;
        if (place) context.fillText(String(nameDown(place)), start - 8, y);
      }
    });
  }
  context.textAlign = "center";
  const widest = Math.max(
    0,
    ...[...columns.values()].map((each) => context.measureText(String(each)).width),
  );
  const everyColumn = labelEvery(layout.pitch, widest + LABEL_GAP);
  clipped(context, layout.left - 3, 0, width, layout.top, () => {
    for (const [column, name] of columns) {
      const x = cellCorner(layout, column).x - view.left + layout.cellWidth / 2;
      const isShown = (column % inBlock) % everyColumn === 0 && x > -20 && x < width + 20;
      if (isShown) context.fillText(String(name), x, 18);
    }
  });
}

function clipped(
  context: Context,
  x: number,
  y: number,
  width: number,
  height: number,
  draw: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}
