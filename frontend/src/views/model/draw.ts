/** The model view's canvas: the cells in view, and labels that stay when they scroll. */

import { palette } from "../../draw/palette";
import { canvasFont } from "../../draw/style";
import type { Viewport } from "../../draw/viewport";
import type { Theme } from "../../types";
import type { LayerImages } from "./images";
import { cellCorner, type GridLayout, visibleLayers } from "./layout";
import type { Place } from "./picture";

export interface GridScene {
  readonly layout: GridLayout;
  readonly images: LayerImages;
  readonly view: Viewport;
  readonly ratio: number;
  /** Width of the line about a cell in device pixels. */
  readonly line: number;
  readonly theme: Theme;
  /** Numbers of the layers, row by row. */
  readonly layers: readonly number[];
  readonly focused: Place;
  readonly pinned: readonly Place[];
}

type Context = CanvasRenderingContext2D;

export function drawGrid(context: Context, scene: GridScene, width: number, height: number): void {
  const { layout, view } = scene;
  const [first, last] = visibleLayers(layout, view.top, height);
  context.save();
  context.beginPath();
  context.rect(layout.left - 3, layout.top - 3, width, height);
  context.clip();
  context.translate(-view.left, -view.top);
  for (let row = first; row < last; row++) drawLayer(context, scene, row);
  const colours = palette(scene.theme);
  for (const place of scene.pinned) frameCell(context, layout, place, colours.text);
  frameCell(context, layout, scene.focused, colours.accent);
  context.restore();
  drawLabels(context, scene, first, last, width, height);
}

function drawLayer(context: Context, scene: GridScene, row: number): void {
  const { layout, view, ratio } = scene;
  const { y } = cellCorner(layout, row, 0);
  const image = scene.images.row(row);
  const across = snap(layout.left - view.left, ratio) + view.left - scene.line / ratio;
  const down = snap(y - view.top, ratio) + view.top - scene.line / ratio;
  context.imageSmoothingEnabled = false;
  context.drawImage(image, across, down, image.width / ratio, image.height / ratio);
}

/** Images on whole device pixels stay sharp. */
function snap(value: number, ratio: number): number {
  return Math.round(value * ratio) / ratio;
}

export function frameCell(context: Context, layout: GridLayout, place: Place, colour: string): void {
  const { x, y } = cellCorner(layout, place.row, place.head);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 1, layout.cell + 2, layout.cell + 2);
}

function drawLabels(context: Context, scene: GridScene, first: number, last: number, width: number, height: number): void {
  const { layout, view } = scene;
  const colours = palette(scene.theme);
  context.textBaseline = "middle";
  context.font = canvasFont(11, 500);
  context.fillStyle = colours.text;
  context.textAlign = "left";
  context.fillText("head", layout.left, 9);
  context.textAlign = "right";
  context.fillText("layer", layout.left - 8, 27);
  context.font = canvasFont(11);
  context.fillStyle = colours.muted;
  const middle = layout.cell / 2;
  clipped(context, 0, layout.top - 3, layout.left, height, () => {
    for (let row = first; row < last; row++) {
      const y = cellCorner(layout, row, 0).y - view.top + middle;
      context.fillText(String(scene.layers[row] ?? row), layout.left - 8, y);
    }
  });
  context.textAlign = "center";
  clipped(context, layout.left - 3, 0, width, layout.top, () => {
    for (let head = 0; head < layout.heads; head++) {
      const x = cellCorner(layout, 0, head).x - view.left + middle;
      if (x > -20 && x < width + 20) context.fillText(String(head), x, 27);
    }
  });
}

function clipped(context: Context, x: number, y: number, width: number, height: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}
