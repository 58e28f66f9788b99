/** Numbers of layers and heads beside the sheet, which stay in sight. */

import type { Palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import type { Place } from "../arrange";
import { labelEvery } from "../layout";
import {
  cornerOf,
  MARGIN,
  PARTS,
  type Room,
  type SheetPlan,
  type SheetView,
  SIDE,
  TALL,
  toPane,
} from "./layout";
import { addressOf } from "./state";

type Context = CanvasRenderingContext2D;

const LABEL = { width: 20, height: 13 };

export function paintMargins(
  context: Context,
  plan: SheetPlan,
  view: SheetView,
  room: Room,
  paints: Palette,
): void {
  const inBlock = plan.across / plan.blocks;
  const layer = (place: Place): number => addressOf(place).layer;
  const head = (place: Place): number => place.head;
  const [down, across] = plan.layersAcross ? [head, layer] : [layer, head];
  context.font = canvasFont(10, 500);
  context.fillStyle = paints.text;
  context.textBaseline = "middle";
  context.textAlign = "left";
  const [above, beside] = plan.layersAcross ? ["layer", "head"] : ["head", "layer"];
  context.fillText(above, 0, MARGIN.top - 15);
  context.fillText(beside, 0, MARGIN.top - 4);
  context.font = canvasFont(11);
  context.fillStyle = paints.muted;
  context.textAlign = "right";
  const everyRow = labelEvery(view.scale * TALL, LABEL.height);
  for (let block = 0; block < plan.blocks; block++) {
    const start = toPane(view, cornerOf(plan, block * inBlock)).x;
    const end = toPane(view, cornerOf(plan, (block + 1) * inBlock - 1)).x + SIDE * view.scale;
    if (start > room.width || end < MARGIN.left + LABEL.width) continue;
    // The numbers of columns that begin out of sight stay at the left edge.
    const x = Math.max(MARGIN.left, start) - 6;
    for (let row = 0; row < plan.down; row += everyRow) {
      const at = row * plan.across + block * inBlock;
      const place = plan.slots.slice(at, at + inBlock).find((slot) => slot);
      const y = toPane(view, { x: 0, y: row * TALL + PARTS.head + SIDE / 2 }).y;
      if (place && y > MARGIN.top && y < room.height) context.fillText(String(down(place)), x, y);
    }
  }
  context.textAlign = "center";
  const everyColumn = labelEvery(view.scale * plan.pitch, LABEL.width);
  for (let column = 0; column < plan.across; column++) {
    if ((column % inBlock) % everyColumn !== 0) continue;
    const place = columnPlace(plan, column);
    const { x } = toPane(view, { x: cornerOf(plan, column).x + SIDE / 2, y: 0 });
    if (place && x > MARGIN.left && x < room.width)
      context.fillText(String(across(place)), x, MARGIN.top / 2 - 2);
  }
}

/** Some head of a column. */
function columnPlace(plan: SheetPlan, column: number): Place | null {
  for (let row = 0; row < plan.down; row++) {
    const place = plan.slots[row * plan.across + column];
    if (place) return place;
  }
  return null;
}
