/** One number of all heads over the steps. */

import type { HeadAddress } from "./chosen";

/** values[head * steps.length + step]; NaN: not defined. */
export interface Series {
  readonly heads: readonly HeadAddress[];
  readonly steps: readonly number[];
  readonly values: Float32Array;
}

/** The values of one head over the steps. */
export function headValues(series: Series, index: number): Float32Array {
  return series.values.subarray(index * series.steps.length, (index + 1) * series.steps.length);
}

/** The values of all heads at one step; all NaN where the step is not there. */
export function stepValues(series: Series, step: number): Float32Array {
  const at = series.steps.indexOf(step);
  return Float32Array.from(series.heads, (_, index) =>
    at < 0 ? Number.NaN : (series.values[index * series.steps.length + at] ?? Number.NaN),
  );
}
