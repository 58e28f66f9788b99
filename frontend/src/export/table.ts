/** The numbers under a picture, as rows that are made when they are written. */

export type Cell = string | number | null;

export interface Table {
  /** A word for the name of the file, such as "weights". */
  readonly name: string;
  /** Layers and heads that it is of, for the name of the file, where it is not of all. */
  readonly of?: readonly string[];
  /** What the menu says. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly row: (index: number) => readonly Cell[];
  /** Whether its numbers are as exact as they are to be had; otherwise it can be loaded so. */
  readonly exact: boolean;
  /** A sentence about what is left out, or "". */
  readonly note: string;
}

/** Rows of one sheet: a spreadsheet takes 1,048,576 lines, the first of which names the columns. */
export const MOST_ROWS = 1_048_575;
