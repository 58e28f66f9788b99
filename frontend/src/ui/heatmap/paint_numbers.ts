/** The weights in the cells of a heat map that are large enough for them. */

import { inkOn } from "../../draw/colour";
import { canvasFont } from "../../draw/style";
import { cellText } from "../../format";
import { type HeadCells, isMasked } from "../../state/head_cells";
import { cellColour } from "../cell_colour";
import { inView, type Maps } from "./layout";
import type { HeatMapStage } from "./state";

/** Sizes of the numbers, and their share of a cell. */
const FONT = { least: 11, most: 15, share: 0.24 };

/** The number of each cell that is drawn and can be seen; `corner`: of the map. */
export function paintNumbers(
  context: CanvasRenderingContext2D,
  stage: HeatMapStage,
  at: Maps,
  index: number,
  corner: { readonly x: number; readonly y: number },
): void {
  const cells = stage.source.heads()[index]?.cells;
  if (!cells) return;
  const { width, height } = stage.view.value;
  const colour = cellColour(cells.signed, cells.span);
  const font = Math.round(FONT.share * at.cell);
  context.font = canvasFont(Math.max(FONT.least, Math.min(FONT.most, font)));
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const query of inView(at.queries, at.cell, corner.y, height))
    for (const key of inView(at.keys, at.cell, corner.x, width)) {
      const text = numberIn(cells, query, key);
      if (text === "") continue;
      context.fillStyle = inkOn(colour(cells.data[query * cells.keys + key] ?? 0));
      context.fillText(text, corner.x + (key + 0.5) * at.cell, corner.y + (query + 0.5) * at.cell);
    }
}

/** The number that a cell holds; "" where none is drawn there. */
export function numberIn(cells: HeadCells, query: number, key: number): string {
  const value = cells.data[query * cells.keys + key] ?? 0;
  const isDrawn = Math.abs(value) >= (cells.least[query] ?? 0) && value !== 0;
  return isDrawn && !isMasked(cells, query, key) ? cellText(value, cells.span) : "";
}
