/** The entry of a list that is nearest to a number. */

/**
 * The entry of ascending `values` that is nearest to `wanted`, the lower one of two; `wanted`
 * itself where there are none.
 */
export function nearest(values: readonly number[], wanted: number): number {
  let best = values[0] ?? wanted;
  for (const value of values) if (Math.abs(value - wanted) < Math.abs(best - wanted)) best = value;
  return best;
}
