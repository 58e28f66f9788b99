/**
 * Where things stand in the drawing of lines: two columns of tokens and the space between them.
 * Pure functions of numbers.
 */

/** Height of a row in CSS pixels; "fit": everything at once; "read": as much as can be read. */
export type RowHeight = number | "fit" | "read";

export interface ColumnsInput {
  readonly width: number;
  readonly height: number;
  readonly queries: number;
  readonly keys: number;
  /** Number of heads that are drawn. */
  readonly series: number;
  /** Widest label of each column, in CSS pixels at the largest font. */
  readonly queryLabel: number;
  readonly keyLabel: number;
  readonly rowHeight: RowHeight;
}

/** One column; x positions in CSS pixels. */
export interface Column {
  readonly count: number;
  /** Edge of the label that is nearest to the lines. */
  readonly label: number;
  readonly labelWidth: number;
  /**
   * Inner edge of the numbers of positions: right edge in the left column, left edge in the right
   * one.
   */
  readonly position: number;
  /** Left edge of the stripes. */
  readonly stripes: number;
  /** Edge of the exact numbers that is nearest to the label. */
  readonly numbers: number;
  /** Left edge of the ruler. */
  readonly ruler: number;
}

export interface Columns {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly fontSize: number;
  /** Every how many rows there is room for a label. */
  readonly every: number;
  readonly left: Column;
  readonly right: Column;
  /** The lines run between these. */
  readonly from: number;
  readonly to: number;
  readonly stripe: number;
  /** Exact numbers that have room beside a token: one for each series, one, or none. */
  readonly numbers: number;
  readonly scrolls: boolean;
}

export function columnOf(columns: Columns, side: "query" | "key"): Column {
  return side === "query" ? columns.left : columns.right;
}

export const LARGEST_FONT = 13;
export const RULER = 10;
export const NUMBER_WIDTH = 44;
export const TALLEST_ROW = 40;
/** On a large screen a short text has taller rows, and larger letters. */
const TALLEST_SHARE = 1 / 12;
const TALLEST_OF_ALL = 96;
const SMALLEST_LABEL_ROW = 11;
const COMFORTABLE_ROW = 20;
const TIGHTEST_ROW = 16;
const WIDEST_LINES = 520;
/** Lines are wider where what they join is higher, so that they do not become steep. */
const WIDTH_OF_HEIGHT = 0.9;

/** Height of a row at which everything can be seen at once. */
export function wholeRow(rows: number, height: number): number {
  return Math.min(tallestRow(height), height / Math.max(1, rows));
}

/** All rows where they fit at a readable size, otherwise comfortable rows that scroll. */
export function rowHeightFor(rows: number, height: number): number {
  const fitting = height / Math.max(1, rows);
  return fitting >= TIGHTEST_ROW ? Math.min(tallestRow(height), fitting) : COMFORTABLE_ROW;
}

function tallestRow(height: number): number {
  return Math.max(TALLEST_ROW, Math.min(TALLEST_OF_ALL, TALLEST_SHARE * height));
}

function heightOf(wanted: RowHeight, rows: number, height: number): number {
  if (wanted === "fit") return wholeRow(rows, height);
  // What was chosen for a long passage must not leave a short one half empty.
  return wanted === "read" ? rowHeightFor(rows, height) : Math.max(wanted, wholeRow(rows, height));
}

export function arrangeColumns(input: ColumnsInput): Columns {
  const rows = Math.max(input.queries, input.keys);
  const rowHeight = heightOf(input.rowHeight, rows, input.height);
  const largestFont = LARGEST_FONT + Math.max(0, rowHeight - TALLEST_ROW) / 10;
  const fontSize = Math.round(Math.max(9, Math.min(largestFont, rowHeight * 0.72)));
  const scrolls = rows * rowHeight > input.height + 0.5;
  const stripe = Math.max(2, Math.min(9, 60 / Math.max(1, input.series)));
  const position = 8 + 7 * String(Math.max(0, rows - 1)).length;
  const largest = Math.max(48, input.width * 0.2);
  const labelRoom = (label: number): number =>
    Math.max(24, Math.min(largest, (label * fontSize) / LARGEST_FONT + 2));
  const labels = [labelRoom(input.queryLabel), labelRoom(input.keyLabel)] as const;
  const side = (scrolls ? RULER + 4 : 0) + position + 26 + stripe * input.series;
  const free = input.width - 2 * side - labels[0] - labels[1];
  const numbers = roomForNumbers(free, input.series);
  const widest = Math.max(WIDEST_LINES, WIDTH_OF_HEIGHT * Math.min(rows * rowHeight, input.height));
  const span = Math.max(60, Math.min(widest, free - 2 * numbers * NUMBER_WIDTH));
  const margin = Math.max(0, (free - span - 2 * numbers * NUMBER_WIDTH) / 2);
  const from = margin + side + labels[0] + numbers * NUMBER_WIDTH;
  const to = from + span;
  const stripes = stripe * input.series;
  return {
    width: input.width,
    height: input.height,
    rowHeight,
    fontSize,
    every: rowHeight >= SMALLEST_LABEL_ROW ? 1 : Math.ceil(12 / rowHeight),
    left: {
      count: input.queries,
      label: from - stripes - 10,
      labelWidth: labels[0],
      position: from - stripes - 24 - labels[0] - numbers * NUMBER_WIDTH,
      stripes: from - stripes - 4,
      numbers: from - stripes - 18 - labels[0],
      ruler: 0,
    },
    right: {
      count: input.keys,
      label: to + stripes + 10,
      labelWidth: labels[1],
      position: to + stripes + 24 + labels[1] + numbers * NUMBER_WIDTH,
      stripes: to + 4,
      numbers: to + stripes + 18 + labels[1],
      ruler: input.width - RULER,
    },
    from,
    to,
    stripe,
    numbers,
    scrolls,
  };
}

function roomForNumbers(free: number, series: number): number {
  if (free - 2 * series * NUMBER_WIDTH >= 240) return series;
  return free - 2 * NUMBER_WIDTH >= 200 ? 1 : 0;
}

/** Middle of a row on the screen. */
export function rowY(columns: Columns, row: number, scroll: number): number {
  return (row + 0.5) * columns.rowHeight - scroll;
}

/** The scroll that keeps the middle of a column where it is while its rows grow or shrink. */
export function keptMiddle(scroll: number, height: number, before: number, after: number): number {
  return ((scroll + height / 2) / before) * after - height / 2;
}

/** Rows [from, to) of a column that can be seen. */
export function visibleRows(columns: Columns, count: number, scroll: number): [number, number] {
  const from = Math.max(0, Math.floor(scroll / columns.rowHeight));
  const to = Math.min(count, Math.ceil((scroll + columns.height) / columns.rowHeight));
  return [Math.min(from, count), Math.max(to, Math.min(from, count))];
}

export type Place =
  | { readonly side: "query" | "key"; readonly row: number }
  | { readonly side: "between"; readonly share: number };

/**
 * What stands at a point: a token of either column, or a place between them (share 0..1 of the way
 * across).
 */
export function placeAt(
  columns: Columns,
  x: number,
  y: number,
  scroll: { query: number; key: number },
): Place | null {
  if (x > columns.from && x < columns.to)
    return { side: "between", share: (x - columns.from) / (columns.to - columns.from) };
  const side = x <= columns.from ? "query" : "key";
  const row = Math.floor((y + scroll[side]) / columns.rowHeight);
  const count = side === "query" ? columns.left.count : columns.right.count;
  return row >= 0 && row < count ? { side, row } : null;
}
