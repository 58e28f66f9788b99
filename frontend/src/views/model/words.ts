/** Cells and their peaks in words. */

import { shortText } from "../../format";
import { displayToken, inWords } from "../../state/tokens";
import { binRange, type Peak, type Range } from "./bins";

const LONGEST = 14;

export interface Token {
  readonly text: string;
  readonly position: number;
}

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
  queries: readonly Token[],
  keys: readonly Token[],
  number = "weight",
): PeakWords {
  const query = binRange(peak.row, rows, Math.max(rows, queries.length));
  const key = binRange(peak.column, columns, Math.max(columns, keys.length));
  const pooled = query.last > query.first || key.last > key.first;
  return {
    query: rangeText(query, queries),
    key: rangeText(key, keys),
    weight: `${pooled ? "mean " : ""}${number} ${shortText(peak.mass)}`,
  };
}

/** One token by its text; several by their positions and the first and last text. */
export function rangeText({ first, last }: Range, tokens: readonly Token[]): string {
  const text = (at: number): string =>
    displayToken(tokens[at]?.text ?? `position ${at}`, LONGEST).label;
  const position = (at: number): number => tokens[at]?.position ?? at;
  if (first === last) return inWords(text(first));
  return `${position(first)} to ${position(last)} (${text(first)} … ${text(last)})`;
}
