/** Cells and their peaks in words. */

import { displayToken } from "../../state/tokens";
import { binRange, type Peak, type Range } from "./bins";

const LONGEST = 14;

/** Where a thumbnail is darkest, in words. */
export interface PeakWords {
  readonly query: string;
  readonly key: string;
  /** "weight 0.71", or "mean weight 0.71" where several tokens share a cell. */
  readonly weight: string;
}

export function peakWords(
  peak: Peak,
  rows: number,
  columns: number,
  queries: readonly string[],
  keys: readonly string[],
): PeakWords {
  const query = binRange(peak.row, rows, Math.max(rows, queries.length));
  const key = binRange(peak.column, columns, Math.max(columns, keys.length));
  const pooled = query.last > query.first || key.last > key.first;
  return {
    query: rangeText(query, queries),
    key: rangeText(key, keys),
    weight: `${pooled ? "mean weight" : "weight"} ${peak.mass.toFixed(2)}`,
  };
}

/** One token by its text; several by their positions and the first and last text. */
export function rangeText({ first, last }: Range, tokens: readonly string[]): string {
  const text = (position: number): string => displayToken(tokens[position] ?? `position ${position}`, LONGEST).label;
  if (first === last) return text(first);
  return `${first} to ${last} (${text(first)} … ${text(last)})`;
}
