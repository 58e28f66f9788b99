/** Paints the whole picture of lines, and the tokens above it, each in a layer of its own. */

import { drawLinks } from "../../../draw/links";
import { type Palette, palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { drawLabel } from "../../../draw/token_label";
import { theme } from "../../../state/host";
import type { RowLabel } from "../../../state/row_labels";
import { keyLabels, queryLabels, type Side } from "../rows";
import { colours } from "../state";
import { type Column, type Columns, columnOf, RULER, rowY, visibleRows } from "./layout";
import { within } from "./paint_names";
import { columns, picture, SCROLLS } from "./state";

type Context = CanvasRenderingContext2D;

/** Middles of two names are no nearer than this, in CSS pixels. */
const NEAREST = 11;

/** All lines, nothing pointed at. */
export function paintPicture(context: Context): void {
  const at = columns.value;
  const links = picture.value;
  if (at === null || links === null) return;
  drawLinks(context, links, { left: at.from, right: at.to, height: at.height }, colours.value);
}

/** Tokens, their positions, and the rulers. */
export function paintTokens(context: Context): void {
  const at = columns.value;
  if (at === null) return;
  const paints = palette(theme.value);
  paintColumn(context, at, "query", paints);
  paintColumn(context, at, "key", paints);
  if (at.scrolls)
    for (const side of ["query", "key"] as const) paintRuler(context, at, side, paints);
}

function paintColumn(context: Context, at: Columns, side: Side, paints: Palette): void {
  const column = columnOf(at, side);
  const labels = side === "query" ? queryLabels.value : keyLabels.value;
  const align = side === "query" ? "right" : "left";
  const [from, to] = visibleRows(at, column.count, SCROLLS[side].value);
  let last = Number.NEGATIVE_INFINITY;
  for (let row = Math.ceil(from / at.every) * at.every; row < to; row += at.every) {
    const label = labels[row];
    const y = rowY(at, row, SCROLLS[side].value);
    const placed = at.every > 1 ? within(at, y) : y;
    // The first one is moved into sight, and must not meet the next.
    if (at.every > 1 && placed - last < NEAREST) continue;
    last = placed;
    if (label) paintToken(context, at, column, { row, y: placed, align }, label, paints);
  }
}

function paintToken(
  context: Context,
  at: Columns,
  column: Column,
  place: { readonly row: number; readonly y: number; readonly align: "left" | "right" },
  label: RowLabel,
  paints: Palette,
): void {
  context.font = canvasFont(at.fontSize);
  drawLabel(
    context,
    label,
    { x: column.label, y: place.y, room: column.labelWidth, align: place.align },
    paints,
  );
  context.font = canvasFont(Math.min(11, at.fontSize));
  context.textAlign = place.align;
  context.fillStyle = paints.muted;
  context.fillText(label.position, column.position, place.y);
}

function paintRuler(context: Context, at: Columns, side: Side, paints: Palette): void {
  const column = columnOf(at, side);
  const all = column.count * at.rowHeight;
  if (all <= at.height) return;
  context.strokeStyle = paints.border;
  context.lineWidth = 1;
  context.strokeRect(column.ruler + 0.5, 0.5, RULER - 1, at.height - 1);
  context.strokeStyle = paints.muted;
  context.lineWidth = 1.5;
  const top = (SCROLLS[side].value / all) * at.height;
  context.strokeRect(
    column.ruler + 0.75,
    top + 0.75,
    RULER - 1.5,
    Math.max(6, (at.height / all) * at.height - 1.5),
  );
}
