/**
 * Paints what the columns of tokens cannot show by themselves: names where rows are too flat, and
 * what is out of sight.
 */

import { palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { paintTag } from "../../../draw/tag";
import { drawLabel } from "../../../draw/token_label";
import { shortText } from "../../../format";
import { theme } from "../../../state/host";
import { keyLabels, queryLabels, type Side } from "../rows";
import { series, strengthAt } from "../state";
import { type Columns, rowY, visibleRows } from "./layout";
import { SCROLLS } from "./state";

type Context = CanvasRenderingContext2D;

/** Tokens of the other column that get a name. */
const MOST_NAMES = 12;
const NAME_HEIGHT = 14;

/** One row of a column and the largest of its weights. */
export interface Linked {
  readonly row: number;
  readonly weight: number;
}

/** The strongest rows of which no two are nearer than `distance`, strongest first. */
export function namedRows(
  linked: readonly Linked[],
  rowHeight: number,
  distance: number,
  most: number,
): readonly number[] {
  const named: number[] = [];
  for (const { row } of [...linked].sort((a, b) => b.weight - a.weight)) {
    if (named.length === most) break;
    if (named.every((other) => Math.abs(other - row) * rowHeight >= distance)) named.push(row);
  }
  return named;
}

/**
 * Rows of a column that are linked strongly enough to be drawn. `index`: where a row's weight
 * stands.
 */
export function linkedRows(count: number, index: (row: number) => number): readonly Linked[] {
  const linked: Linked[] = [];
  for (let row = 0; row < count; row++) {
    const at = index(row);
    let weight = 0;
    series.value.forEach(({ data }, place) => {
      if (strengthAt(place, at) > 0) weight = Math.max(weight, data[at] ?? 0);
    });
    if (weight > 0) linked.push({ row, weight });
  }
  return linked;
}

/** Names single rows of columns that have no room for all names. */
export function paintNames(
  context: Context,
  at: Columns,
  side: Side,
  rows: readonly number[],
): void {
  const paints = palette(theme.value);
  const column = side === "query" ? at.left : at.right;
  const labels = side === "query" ? queryLabels.value : keyLabels.value;
  const align = side === "query" ? "right" : "left";
  for (const row of rows) {
    const label = labels[row];
    if (!label) continue;
    const y = within(at, rowY(at, row, SCROLLS[side].value));
    context.font = canvasFont(12);
    drawLabel(
      context,
      label,
      { x: column.label, y, room: Math.max(column.labelWidth, 60), align },
      paints,
    );
    context.font = canvasFont(11);
    context.textAlign = align;
    context.fillStyle = paints.muted;
    context.fillText(label.position, column.position, y);
  }
}

/** Names the strongest rows of the other column. */
export function paintStrongestNames(
  context: Context,
  at: Columns,
  side: Side,
  linked: readonly Linked[],
): void {
  paintNames(context, at, side, namedRows(linked, at.rowHeight, NAME_HEIGHT, MOST_NAMES));
}

/**
 * Says how many links end above and below what can be seen of a column, and how strong they are.
 */
export function paintOutOfSight(
  context: Context,
  at: Columns,
  side: Side,
  linked: readonly Linked[],
): void {
  const count = side === "query" ? at.left.count : at.right.count;
  const [from, to] = visibleRows(at, count, SCROLLS[side].value);
  const above = linked.filter(({ row }) => row < from);
  const below = linked.filter(({ row }) => row >= to);
  const left = (width: number): number => (side === "key" ? at.to - width - 4 : at.from + 4);
  if (above.length > 0) paintTag(context, outOfSightText("↑", above), left, 10);
  if (below.length > 0) paintTag(context, outOfSightText("↓", below), left, at.height - 10);
}

/** "↑ 20, up to 0.42" */
export function outOfSightText(arrow: string, linked: readonly Linked[]): string {
  const most = linked.reduce((largest, { weight }) => Math.max(largest, weight), 0);
  return `${arrow} ${linked.length} more, up to ${shortText(most)}`;
}

/** Keeps a name whole at the upper and lower edge. */
export function within(at: Columns, y: number): number {
  return Math.max(NAME_HEIGHT / 2, Math.min(at.height - NAME_HEIGHT / 2, y));
}
