/**
 * The exact numbers of what is under the pointer, else of what is pinned. Pure functions of the
 * signals' values.
 */

import type { Hover } from "../state/hover";
import type { Row, Weights } from "../types";

/** What is loaded. */
export interface Loaded {
  readonly weights: Weights | null;
  readonly row: Row | null;
}

/**
 * The weight at a hovered cell: from the numbers on the screen, which a change of step may have
 * replaced, else what the view said.
 */
export function weightAt(at: Hover, { weights, row }: Loaded): number | null {
  const { layer, head, query, key } = at;
  if (at.changed) return at.weight ?? null;
  if (head !== null && query !== null && key !== null) {
    if (
      weights?.layer === layer &&
      weights.block === 1 &&
      head < weights.heads &&
      query < weights.queries &&
      key < weights.keys
    ) {
      return weights.data[(head * weights.queries + query) * weights.keys + key] ?? null;
    }
    if (row?.layer === layer && row.query === query && head < row.heads && key < row.keys) {
      return row.weights[head * row.keys + key] ?? null;
    }
  }
  return at.weight ?? null;
}

/** The score at a hovered cell; null where it is not known. */
export function scoreAt(at: Hover, { row }: Loaded): number | null {
  const { layer, head, query, key } = at;
  if (
    row?.scores &&
    row.layer === layer &&
    row.query === query &&
    head !== null &&
    key !== null &&
    head < row.heads &&
    key < row.keys
  ) {
    return row.scores[head * row.keys + key] ?? null;
  }
  return at.score ?? null;
}
