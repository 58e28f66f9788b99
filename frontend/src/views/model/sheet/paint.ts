/** Paints what is seen of the contact sheet. */

import { changeColour, inkOn } from "../../../draw/colour";
import { type Palette, palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { fitText, widthIn } from "../../../draw/text";
import { metrics } from "../../../state/histories";
import { theme } from "../../../state/host";
import { type HeadAddress, step } from "../../../state/selection";
import { headName } from "../../../ui/metric_words";
import { differs, halves } from "../changes";
import { focused } from "../state";
import { factsOf, type HeadFacts } from "./facts";
import { cornerOf, MARGIN, PARTS, type SheetPlan, type SheetView, SIDE, toPane } from "./layout";
import { type Drawn, levelsAt } from "./levels";
import { paintDetail, paintMasked } from "./paint_detail";
import { paintMargins } from "./paint_margins";
import { traceSpark } from "./sparks";
import { atlas, isFigure, nearnessNow, type SheetStage } from "./state";

type Context = CanvasRenderingContext2D;

/** Below this side of a picture, in CSS pixels, names are left out. */
const NAMED = 64;
/** Smaller pictures, of which there are a thousand in sight, have no borders and no ruled lines. */
const PLAIN = 30;
/** A picture of a figure has all weights from this side on, in CSS pixels. */
const FIGURE_MATRIX = 140;
const LABEL_FONT = { least: 9, most: 13 };

/** One head in the pane, in CSS pixels. */
export interface HeadBox {
  readonly address: HeadAddress;
  readonly facts: HeadFacts;
  readonly row: number;
  readonly left: number;
  /** Of the picture. */
  readonly top: number;
  readonly side: number;
  /** CSS pixels of a unit of the sheet. */
  readonly unit: number;
}

export function paintSheet(context: Context, stage: SheetStage): void {
  const [plan, view] = [stage.plan.value, stage.view.value];
  if (!plan || !view) return;
  const paints = palette(theme.value);
  const boxes = stage.inSight.value.flatMap((slot) => boxOf(plan, view, slot) ?? []);
  const { width, height } = stage.pane.value;
  context.save();
  context.beginPath();
  context.rect(plan.sorted ? 0 : MARGIN.left - 3, plan.sorted ? 0 : MARGIN.top - 2, width, height);
  context.clip();
  const levels = isFigure() ? figureLevels(view.scale * SIDE) : levelsAt(nearnessNow(stage));
  for (const box of boxes) paintPicture(context, box, levels, paints);
  paintBorders(context, boxes, paints);
  paintSparks(context, boxes, paints);
  for (const box of boxes) paintHead(context, box, paints);
  context.restore();
  if (!plan.sorted) paintMargins(context, plan, view, stage.pane.value, paints);
}

function figureLevels(side: number): readonly Drawn[] {
  return [{ level: side >= FIGURE_MATRIX ? "matrix" : "thumbnail", alpha: 1 }];
}

function boxOf(plan: SheetPlan, view: SheetView, slot: number): HeadBox | null {
  const place = plan.slots[slot];
  if (!place) return null;
  const corner = cornerOf(plan, slot);
  const { x, y } = toPane(view, { x: corner.x, y: corner.y + PARTS.head });
  const facts = factsOf(place);
  if (!facts) return null;
  const { address } = facts;
  return {
    address,
    facts,
    row: place.row,
    left: x,
    top: y,
    side: SIDE * view.scale,
    unit: view.scale,
  };
}

/** Each level over the one before it, as far as it shows through. */
function paintPicture(
  context: Context,
  box: HeadBox,
  levels: readonly Drawn[],
  paints: Palette,
): void {
  for (const { level, alpha } of levels) {
    context.globalAlpha = alpha;
    if (level === "thumbnail") paintThumbnail(context, box, paints);
    else paintDetail(context, box, level, alpha, paints);
  }
  context.globalAlpha = 1;
  if (!halves.value || levels.at(-1)?.level === "neurons") return;
  // Between A and B.
  context.fillStyle = paints.border;
  context.fillRect(Math.floor(box.left + box.side / 2) - 1, box.top, 1, box.side);
}

/** All at once: a thousand strokes take longer than one of a thousand boxes. */
function paintBorders(context: Context, boxes: readonly HeadBox[], paints: Palette): void {
  if ((boxes[0]?.side ?? 0) < PLAIN) return;
  context.beginPath();
  for (const { left, top, side } of boxes) context.rect(left - 0.5, top - 0.5, side + 1, side + 1);
  context.lineWidth = 1;
  context.strokeStyle = paints.border;
  context.stroke();
}

function paintThumbnail(context: Context, box: HeadBox, paints: Palette): void {
  const { address, row, left, top, side } = box;
  const made = atlas.value;
  if (!made) return;
  if (differs.value) paintMasked(context, { left, top, width: side, height: side }, paints);
  const { rows, columns } = made.thumbnails;
  // Cells that become smaller are averaged, and edges of larger ones stay sharp.
  context.imageSmoothingEnabled = side < Math.max(rows, columns);
  context.drawImage(
    made.strip(row),
    address.head * columns,
    0,
    columns,
    rows,
    left,
    top,
    side,
    side,
  );
}

/** The metric over the steps below each picture, and where in it the step on the screen is. */
function paintSparks(context: Context, boxes: readonly HeadBox[], paints: Palette): void {
  const known = metrics.value;
  if (!known) return;
  const at = known.steps.indexOf(step.value);
  const share = known.steps.length > 1 ? at / (known.steps.length - 1) : 0.5;
  const room = ({ left, top, side, unit }: HeadBox) => ({
    left,
    top: top + side + 0.03 * unit,
    width: side,
    height: (PARTS.line - 0.05) * unit,
  });
  context.fillStyle = paints.border;
  for (const box of (boxes[0]?.side ?? 0) < PLAIN ? [] : boxes) {
    const { left, top, width, height } = room(box);
    context.fillRect(left, top + height, width, 1);
    if (at >= 0) context.fillRect(left + share * width - 0.5, top, 1, height);
  }
  context.beginPath();
  for (const box of boxes) {
    const values = box.facts.spark;
    const { left, top, width, height } = room(box);
    if (values) traceSpark(context, values, left, top, width, height);
  }
  context.strokeStyle = paints.text;
  context.lineWidth = (boxes[0]?.side ?? 0) < NAMED ? 1 : 1.4;
  context.lineJoin = "round";
  context.stroke();
  if (at < 0) return;
  context.fillStyle = paints.accent;
  for (const box of boxes) {
    const value = box.facts.spark?.[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const { left, top, width, height } = room(box);
    const size = Math.max(2, Math.min(6, 0.05 * box.side));
    const [x, y] = [left + share * width, top + (1 - value) * height];
    context.fillRect(x - size / 2, y - size / 2, size, size);
  }
}

/** Type, name and effect above the picture, and the frames of what is chosen and picked. */
function paintHead(context: Context, box: HeadBox, paints: Palette): void {
  const { address, facts, left, top, side, unit } = box;
  const height = PARTS.head * unit;
  const { type } = facts;
  const font = Math.max(LABEL_FONT.least, Math.min(LABEL_FONT.most, Math.floor(height * 0.72)));
  if (side < NAMED) {
    if (type !== null) {
      context.fillStyle = type.colour;
      context.fillRect(left, top - 0.1 * unit, side, Math.max(1.5, 0.07 * unit));
    }
  } else {
    context.font = canvasFont(font);
    context.textBaseline = "middle";
    context.textAlign = "left";
    const y = top - height / 2 - 1;
    const name = headName(address);
    context.fillStyle = paints.text;
    context.fillText(name, left, y);
    const used = context.measureText(name).width + 6;
    if (type !== null) paintChip(context, type, left + used, y, side - used, font);
  }
  paintEffect(context, box);
  if (isFigure()) return;
  if (facts.isPicked) frame(context, box, paints.focus, 2.5);
  const now = focused.value;
  if (now.row === box.row && now.head === address.head) frame(context, box, paints.accent, 2);
}

function paintChip(
  context: Context,
  type: { readonly name: string; readonly colour: string },
  x: number,
  y: number,
  room: number,
  font: number,
): void {
  const text = fitText(type.name, room - 8, widthIn(context));
  if (text.length < 2) return;
  const { colour } = type;
  const width = context.measureText(text).width + 8;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y - font / 2 - 1, width, font + 3, 3);
  context.fill();
  context.fillStyle = inkOn(colour);
  context.fillText(text, x + 4, y + 0.5);
}

/** A bar at the right of the picture, from its middle: red up, the loss rises without the head. */
function paintEffect(context: Context, { facts, left, top, side, unit }: HeadBox): void {
  if (facts.effect === null) return;
  const { share, exact } = facts.effect;
  const [size, width] = [(Math.abs(share) * side) / 2, Math.max(1.5, 0.05 * unit)];
  context.globalAlpha = exact ? 1 : 0.5;
  context.fillStyle = changeColour(share > 0 ? "more" : "less", theme.value);
  context.fillRect(
    left + side - width,
    share > 0 ? top + side / 2 - size : top + side / 2,
    width,
    size,
  );
  context.globalAlpha = 1;
}

function frame(
  context: Context,
  { left, top, side }: HeadBox,
  colour: string,
  width: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(left - 1.5, top - 1.5, side + 3, side + 3);
}
