/** Where the heads and the steps of the raster stand. Pure functions of counts and pixels. */

/** In CSS pixels of the canvas. */
export interface RasterLayout {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
}

const ROOM = { left: 52, right: 8, top: 2, bottom: 22 };

export function layoutRaster(
  width: number,
  height: number,
  rows: number,
  columns: number,
): RasterLayout {
  return {
    left: ROOM.left,
    top: ROOM.top,
    width: Math.max(1, Math.floor(width) - ROOM.left - ROOM.right),
    height: Math.max(1, Math.floor(height) - ROOM.top - ROOM.bottom),
    rows: Math.max(1, rows),
    columns: Math.max(1, columns),
  };
}

/** Row and column at a point; null beside the raster. */
export function rasterCell(
  layout: RasterLayout,
  x: number,
  y: number,
): { readonly row: number; readonly column: number } | null {
  const [column, row] = [
    Math.floor(((x - layout.left) / layout.width) * layout.columns),
    Math.floor(((y - layout.top) / layout.height) * layout.rows),
  ];
  return column >= 0 && column < layout.columns && row >= 0 && row < layout.rows
    ? { row, column }
    : null;
}

export function columnMiddle(layout: RasterLayout, column: number): number {
  return layout.left + ((column + 0.5) / layout.columns) * layout.width;
}

/** [rows, columns] of the picture: a pixel for each cell, or for each device pixel. */
export function rasterSize(
  { width, height, rows, columns }: RasterLayout,
  ratio: number,
): readonly [rows: number, columns: number] {
  const fits = (cells: number, size: number): number =>
    Math.max(1, Math.min(cells, Math.round(size * ratio)));
  return [fits(rows, height), fits(columns, width)];
}

/** CSS pixels between the texts of two steps. */
const GAP = 12;

/**
 * Columns whose steps are told, each once: all, or every second, third ... and the last one.
 * `widest`: of the texts, in CSS pixels.
 */
export function toldColumns({ width, columns }: RasterLayout, widest: number): readonly number[] {
  const every = Math.max(1, Math.ceil(((widest + GAP) * columns) / width));
  const told = Array.from({ length: Math.ceil(columns / every) }, (_, at) => at * every);
  const last = columns - 1;
  if (told[told.length - 1] === last) return told;
  // The last step is told where the one before it leaves room, or in its place.
  const kept = told.filter((each) => each === 0 || last - each >= every);
  return last >= every ? [...kept, last] : kept;
}

/** CSS pixels between two strokes: closer ones would be a line. */
const STROKES = 4;

/** Whether each step has a stroke of its own under its column, not only those that are told. */
export function strokesAll({ width, columns }: RasterLayout): boolean {
  return width / columns >= STROKES;
}
