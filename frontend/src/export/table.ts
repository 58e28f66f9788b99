/** The numbers under a picture, as rows that are made when they are written. */

export type Cell = string | number | null;

export interface Table {
  /** A word for the name of the file, such as "weights". */
  readonly name: string;
  /** What the menu says. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly row: (index: number) => readonly Cell[];
  /** A sentence about what is left out, or "". */
  readonly note: string;
}

/** Rows of one sheet: a spreadsheet takes 1,048,576 lines, the first of which names the columns. */
export const MOST_ROWS = 1_048_575;
