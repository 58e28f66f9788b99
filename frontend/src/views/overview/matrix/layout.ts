/** Where the cells of the layers x heads matrix stand. Pure functions of counts and pixels. */

import type { HeadAddress } from "../../../state/selection";

export interface MatrixLayout {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** place[i] = row * columns + column of head i. */
  readonly places: readonly number[];
  /** head[place]: index of the head, -1 where there is none. */
  readonly heads: readonly number[];
}

export const LABELS = 22;
const TALLEST = 34;
/** Of cells that many layers make flat: the flatter the wider, so that few that lack a pixel stay square. */
const WIDEST = 64;

/** `order` null: layers down, heads across; else the heads in that order, line after line. */
export function layoutMatrix(
  heads: readonly HeadAddress[],
  order: readonly number[] | null,
  width: number,
  height: number,
): MatrixLayout {
  const layers = [...new Set(heads.map((each) => each.layer))];
  const columns = Math.max(1, ...heads.map((each) => each.head + 1));
  const rows = order ? Math.ceil(heads.length / columns) : layers.length;
  const [left, top] = [LABELS, order ? 2 : 16];
  const high = Math.min(TALLEST, (height - top - 2) / Math.max(1, rows));
  const widest = Math.min(WIDEST, TALLEST ** 2 / high);
  const cellWidth = Math.max(2, Math.min(widest, (width - left - 2) / columns));
  const cellHeight = Math.max(2, Math.min(cellWidth, high));
  const places = new Array<number>(heads.length).fill(0);
  if (order)
    order.forEach((index, place) => {
      places[index] = place;
    });
  else
    heads.forEach((each, index) => {
      places[index] = layers.indexOf(each.layer) * columns + each.head;
    });
  const at = new Array<number>(rows * columns).fill(-1);
  places.forEach((place, index) => {
    at[place] = index;
  });
  return { left, top, cellWidth, cellHeight, columns, rows, places, heads: at };
}

/** Index of the head at a point, -1 where there is none. */
export function headAt(layout: MatrixLayout, x: number, y: number): number {
  const [column, row] = [
    Math.floor((x - layout.left) / layout.cellWidth),
    Math.floor((y - layout.top) / layout.cellHeight),
  ];
  if (column < 0 || column >= layout.columns || row < 0 || row >= layout.rows) return -1;
  return layout.heads[row * layout.columns + column] ?? -1;
}

export function cellCorner(
  layout: MatrixLayout,
  index: number,
): { readonly x: number; readonly y: number } {
  const place = layout.places[index] ?? 0;
  return {
    x: layout.left + (place % layout.columns) * layout.cellWidth,
    y: layout.top + Math.floor(place / layout.columns) * layout.cellHeight,
  };
}
