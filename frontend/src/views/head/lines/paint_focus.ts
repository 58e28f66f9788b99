/**
 * What follows the pointer or the pin in the drawing of lines: its lines, the rows it touches,
 * stripes and numbers.
 */

import { drawLinks } from "../../../draw/links";
import { palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { exactText } from "../../../format";
import { theme } from "../../../state/host";
import { focus, pinned } from "../focus";
import type { Side } from "../rows";
import { colours, series, strengthAt } from "../state";
import { type Columns, columnOf, NUMBER_WIDTH, RULER, rowY, visibleRows } from "./layout";
import { linkedRows, paintNames, paintOutOfSight, paintStrongestNames } from "./paint_names";
import { columns, focusLinks, SCROLLS } from "./state";

type Context = CanvasRenderingContext2D;

const CONTEXT_ALPHA = 0.22;
/** Of the colour behind a token that is chosen or pointed at. */
const ROW_ALPHA = 0.18;
/** How far the mark of a row reaches beyond its position. */
const MARK = 32;

/** The lines of the focus, the rows it touches, its stripes and numbers. */
export function paintFocus(context: Context): void {
  const at = columns.value;
  if (at === null) return;
  const paints = palette(theme.value);
  const { query, key, anchor } = focus.value;
  markRow(context, at, "query", pinned.value.query, paints.query);
  markRow(context, at, "key", pinned.value.key, paints.key);
  if (query !== pinned.value.query) markRow(context, at, "query", query, paints.muted);
  if (key !== pinned.value.key) markRow(context, at, "key", key, paints.muted);
  if (anchor === null) return;
  if (at.every > 1) {
    if (query !== null) paintNames(context, at, "query", [query]);
    if (key !== null) paintNames(context, at, "key", [key]);
  }
  paintFocusLines(context, at);
  if (anchor === "query" && query !== null)
    paintOtherSide(context, at, "key", (row) => query * at.right.count + row);
  if (anchor === "key" && key !== null)
    paintOtherSide(context, at, "query", (row) => row * at.right.count + key);
}

function paintFocusLines(context: Context, at: Columns): void {
  const links = focusLinks.value;
  if (links === null) return;
  const { query, key, head, anchor } = focus.value;
  const whole = anchor === "pair" ? head === null : query === null || key === null;
  const { edges } = links;
  const dim = (edge: number): number => {
    if (whole) return 1;
    const ours = edges.query[edge] === query && edges.key[edge] === key;
    return ours && (head === null || series.value[edges.series[edge] ?? 0]?.head === head)
      ? 1
      : CONTEXT_ALPHA;
  };
  const frame = { left: at.from, right: at.to, height: at.height };
  drawLinks(context, links, frame, colours.value, dim);
  // Where its colour need not say which head a line is of, it says which key was chosen.
  const isKey = (edge: number): number =>
    edges.query[edge] === pinned.value.query && edges.key[edge] === pinned.value.key ? 1 : 0;
  if (series.value.length === 1 && pinned.value.key !== null)
    drawLinks(context, links, frame, [palette(theme.value).key], isKey);
}

function markRow(
  context: Context,
  at: Columns,
  side: Side,
  row: number | null,
  colour: string,
): void {
  if (row === null) return;
  const column = columnOf(at, side);
  const height = Math.max(3, at.rowHeight - 1);
  const top = rowY(at, row, SCROLLS[side].value) - height / 2;
  const [from, to] =
    side === "query" ? [column.position - MARK, at.from] : [at.to, column.position + MARK];
  context.fillStyle = colour;
  context.globalAlpha = ROW_ALPHA;
  context.fillRect(Math.max(0, from), top, Math.min(at.width, to) - Math.max(0, from), height);
  context.globalAlpha = 1;
}

/**
 * Stripes, numbers and ruler marks of every token of the other column. `index`: where a row's
 * weight stands.
 */
function paintOtherSide(
  context: Context,
  at: Columns,
  side: Side,
  index: (row: number) => number,
): void {
  const [from, to] = visibleRows(at, columnOf(at, side).count, SCROLLS[side].value);
  context.font = canvasFont(Math.min(11, at.fontSize));
  for (let row = from; row < to; row++) paintStripes(context, at, side, row, index(row));
  if (!at.scrolls && at.every === 1) return;
  const linked = linkedRows(columnOf(at, side).count, index);
  if (at.every > 1) paintStrongestNames(context, at, side, linked);
  if (at.scrolls) {
    paintMarks(context, at, side, index);
    paintOutOfSight(context, at, side, linked);
  }
}

function paintStripes(context: Context, at: Columns, side: Side, row: number, index: number): void {
  const column = columnOf(at, side);
  const y = rowY(at, row, SCROLLS[side].value);
  const height = Math.max(2, at.rowHeight - Math.min(4, at.rowHeight * 0.25));
  let strongest = 0;
  series.value.forEach(({ data }, place) => {
    const weight = data[index] ?? 0;
    if (weight > (series.value[strongest]?.data[index] ?? 0)) strongest = place;
    const alpha = strengthAt(place, index);
    if (alpha === 0) return;
    context.fillStyle = colours.value[place] ?? "";
    context.globalAlpha = 0.15 + 0.85 * alpha;
    context.fillRect(
      column.stripes + place * at.stripe,
      y - height / 2,
      at.stripe - (at.stripe > 4 ? 1 : 0),
      height,
    );
  });
  context.globalAlpha = 1;
  if (at.every > 1 || at.numbers === 0) return;
  const shown =
    at.numbers === series.value.length ? series.value.map((_, place) => place) : [strongest];
  for (const [order, place] of shown.entries())
    paintNumber(context, at, side, y, { place, order, index });
}

function paintNumber(
  context: Context,
  at: Columns,
  side: Side,
  y: number,
  which: { readonly place: number; readonly order: number; readonly index: number },
): void {
  const weight = series.value[which.place]?.data[which.index] ?? 0;
  if (strengthAt(which.place, which.index) === 0) return;
  const column = columnOf(at, side);
  // Right-aligned within its own slot, so that decimal points stand below each other.
  const slot = side === "key" ? which.order + 1 : at.numbers - which.order - 1;
  const x =
    side === "key" ? column.numbers + slot * NUMBER_WIDTH : column.numbers - slot * NUMBER_WIDTH;
  const paints = palette(theme.value);
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = paints.text;
  context.fillText(exactText(weight), x, y);
  context.fillStyle = colours.value[which.place] ?? "";
  context.fillRect(x - NUMBER_WIDTH + 4, y - 3, 3, 6);
}

/** Where the weights are in the whole column: one mark a pixel row of the ruler. */
function paintMarks(
  context: Context,
  at: Columns,
  side: Side,
  index: (row: number) => number,
): void {
  const column = columnOf(at, side);
  const strongest = new Float32Array(Math.ceil(at.height) + 1);
  const owner = new Uint16Array(strongest.length);
  series.value.forEach((_, place) => {
    for (let row = 0; row < column.count; row++) {
      const alpha = strengthAt(place, index(row));
      const pixel = Math.floor((row / column.count) * at.height);
      if (alpha > (strongest[pixel] ?? 0)) {
        strongest[pixel] = alpha;
        owner[pixel] = place;
      }
    }
  });
  const tall = Math.max(2, at.height / column.count);
  strongest.forEach((alpha, pixel) => {
    if (alpha === 0) return;
    context.globalAlpha = 0.2 + 0.8 * alpha;
    context.fillStyle = colours.value[owner[pixel] ?? 0] ?? "";
    context.fillRect(column.ruler, pixel, RULER, tall);
  });
  context.globalAlpha = 1;
}
