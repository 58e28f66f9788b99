/**
 * What follows the pointer in the neuron view, above the rows: frames about a row and about a
 * neuron.
 */

import { canvasFont } from "../../draw/style";
import { QUERY_HEIGHT, QUERY_TOP, rowTop } from "./layout";
import type { Scene } from "./paint";

type Context = CanvasRenderingContext2D;

/** A frame about the row at a place. */
export function drawRowFrame(
  context: Context,
  scene: Scene,
  place: number,
  colour: string,
  width: number,
  height: number,
): void {
  const { header, rowHeight } = scene.layout;
  context.save();
  context.beginPath();
  context.rect(0, header, width, height - header);
  context.clip();
  context.strokeStyle = colour;
  context.globalAlpha = 0.6;
  context.strokeRect(
    0.5,
    rowTop(scene.layout, place, scene.top) + 0.5,
    Math.min(width, scene.layout.width) - 1,
    rowHeight - 1,
  );
  context.restore();
}

/** Frames about one place: over the query's strip and over the columns of keys and products. */
export function drawColumn(
  context: Context,
  scene: Scene,
  place: number,
  neuron: number,
  colour: string,
  height: number,
): void {
  const { layout } = scene;
  const bottom = Math.min(height, rowTop(layout, layout.rows, scene.top));
  context.save();
  context.beginPath();
  context.rect(
    layout.label.left + layout.label.width,
    0,
    layout.numbers - layout.overhang - layout.label.width,
    height,
  );
  context.clip();
  context.translate(-scene.left, 0);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  for (const span of [layout.queries ?? [], layout.key, layout.product].flat()) {
    const cell = span.width / Math.max(1, layout.cells);
    const x = span.left + place * cell - 1.25;
    context.strokeRect(x, layout.header - 1, cell + 2.5, bottom - layout.header + 1);
    if (span === layout.key) context.strokeRect(x, QUERY_TOP - 1, cell + 2.5, QUERY_HEIGHT + 2);
  }
  context.fillStyle = colour;
  context.font = canvasFont(11, 700);
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillText(
    String(neuron),
    layout.key.left + ((place + 0.5) * layout.key.width) / Math.max(1, layout.cells),
    QUERY_TOP - 4,
  );
  context.restore();
}
