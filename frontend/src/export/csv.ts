/**
 * Tables as CSV (RFC 4180), safe to open in a spreadsheet, in slices that do not hold up the page.
 */

import type { Cell, Table } from "./table";

/** Rows between two pauses. */
const SLICE = 5_000;
const END = "\r\n";

// What a spreadsheet would take for a formula, also behind spaces and in the full width of East
// Asian text.
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not go into a file of text
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * One cell. Text that looks like a formula gets an apostrophe before it; control characters become
 * escapes such as \x00.
 */
export function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return csvNumber(value);
  const visible = value.replace(
    CONTROLS,
    (each) => `\\x${(each.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`,
  );
  const safe = FORMULA.test(visible) ? `'${visible}` : visible;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The shortest text that is read back as the same number; where it is a float32, as the same
 * float32.
 */
export function csvNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
  if (Number.isInteger(value) || Math.fround(value) !== value) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * The table in parts, one after the other; `take` is awaited after each, and learns which share is
 * done.
 */
export async function csvParts(
  table: Table,
  take: (part: string, done: number) => Promise<void>,
): Promise<void> {
  await take(table.columns.map(csvCell).join(",") + END, 0);
  for (let from = 0; from < table.rows; from += SLICE) {
    const lines: string[] = [];
    for (let at = from; at < Math.min(table.rows, from + SLICE); at++)
      lines.push(table.row(at).map(csvCell).join(","));
    await take(lines.join(END) + END, Math.min(1, (from + SLICE) / table.rows));
  }
}
