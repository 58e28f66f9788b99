/** Head metrics by their place: the one reader of how the answer lays them out. */

import type { Metrics, Stack } from "../types";

/** Index of a layer's row; -1 where it has none. */
export function metricRow({ rows }: Metrics, stack: Stack | undefined, layer: number): number {
  return rows.findIndex((each) => each.stack === stack && each.layer === layer);
}

/** The value of metric number `name`, all by index; NaN where it is not defined, or not there. */
export function metricAt(
  { steps, rows, heads, names, data }: Metrics,
  step: number,
  row: number,
  head: number,
  name: number,
): number {
  const there =
    step >= 0 && step < steps.length && row >= 0 && row < rows.length && head >= 0 && head < heads;
  if (!there || name < 0 || name >= names.length) return Number.NaN;
  return data[((step * rows.length + row) * heads + head) * names.length + name] ?? Number.NaN;
}
