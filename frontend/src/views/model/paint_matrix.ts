/** One head's matrix with its labels, and the mark of one (query, key). */

import { palette } from "../../draw/palette";
import { canvasFont } from "../../draw/style";
import { displayToken } from "../../state/tokens";
import type { Theme } from "../../types";
import { type MatrixLayout, ticks } from "./matrix";

export interface MatrixScene {
  readonly layout: MatrixLayout;
  readonly image: OffscreenCanvas;
  readonly theme: Theme;
  /** Numbers of queries and keys, which a thumbnail that stands in has fewer of. */
  readonly rows: number;
  readonly columns: number;
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Tokens of a row and of a column, where they are blocks; otherwise 1. */
  readonly block: number;
}

type Context = CanvasRenderingContext2D;

const LONGEST = 14;
const SLANT = Math.PI / 3;

export function drawMatrix(context: Context, scene: MatrixScene): void {
  const { layout } = scene;
  const colours = palette(scene.theme);
  context.imageSmoothingEnabled = false;
  context.drawImage(scene.image, layout.left, layout.top, layout.width, layout.height);
  context.strokeStyle = colours.border;
  context.lineWidth = 1;
  context.strokeRect(layout.left - 0.5, layout.top - 0.5, layout.width + 1, layout.height + 1);
  context.textBaseline = "middle";
  context.fillStyle = layout.font > 0 ? colours.text : colours.muted;
  if (layout.font > 0) drawTokens(context, scene);
  else drawTicks(context, scene);
}

function drawTokens(context: Context, scene: MatrixScene): void {
  const { layout } = scene;
  context.font = canvasFont(layout.font);
  context.textAlign = "right";
  for (let row = 0; row < scene.rows; row++) {
    const y = layout.top + (row + 0.5) * layout.cell;
    context.fillText(label(scene.queries, row), layout.left - 6, y, layout.left - 6);
  }
  context.textAlign = "left";
  for (let column = 0; column < scene.columns; column++) {
    context.save();
    context.translate(layout.left + (column + 0.5) * layout.cell, layout.top + layout.height + 6);
    context.rotate(SLANT);
    context.fillText(label(scene.keys, column), 0, 0);
    context.restore();
  }
}

function drawTicks(context: Context, scene: MatrixScene): void {
  const { layout } = scene;
  context.font = canvasFont(10);
  context.textAlign = "right";
  for (const token of ticks(scene.rows * scene.block)) {
    const y = layout.top + (token / scene.block + 0.5) * layout.cell;
    context.fillText(String(token), layout.left - 5, Math.max(layout.top + 4, y));
  }
  context.textAlign = "center";
  for (const token of ticks(scene.columns * scene.block)) {
    context.fillText(
      String(token),
      layout.left + (token / scene.block + 0.5) * layout.cell,
      layout.top + layout.height + 11,
    );
  }
}

function label(tokens: readonly string[], position: number): string {
  return displayToken(tokens[position] ?? String(position), LONGEST).label;
}

/** Frames a cell, with quiet lines to its labels. */
export function drawPair(
  context: Context,
  scene: MatrixScene,
  query: number,
  key: number,
  colour: "accent" | "text",
): void {
  const { layout } = scene;
  if (query >= scene.rows || key >= scene.columns) return;
  const x = layout.left + key * layout.cell;
  const y = layout.top + query * layout.cell;
  context.strokeStyle = palette(scene.theme)[colour];
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(layout.left, y + layout.cell / 2);
  context.lineTo(x, y + layout.cell / 2);
  context.moveTo(x + layout.cell / 2, y + layout.cell);
  context.lineTo(x + layout.cell / 2, layout.top + layout.height);
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  const grown = Math.max(0, (5 - layout.cell) / 2);
  context.strokeRect(x - grown, y - grown, layout.cell + 2 * grown, layout.cell + 2 * grown);
}
