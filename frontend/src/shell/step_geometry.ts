/** Where ticks and handles of the step bar stand. Pure functions of counts and pixels. */

/** Room left and right of the first and last tick, so that a handle is not cut. */
export const MARGIN = 22;
/**
 * Ticks closer than this, in pixels, are left out of the drawing; a handle still stops at every
 * step.
 */
const CLOSEST = 3;

/**
 * x of the tick of step number `index` of `count`; the ticks are evenly spaced, whatever the steps
 * are.
 */
export function tickX(index: number, count: number, width: number): number {
  return count <= 1 ? width / 2 : MARGIN + (index / (count - 1)) * (width - 2 * MARGIN);
}

/** The index whose tick is nearest to `x`. */
export function indexAt(x: number, count: number, width: number): number {
  return Math.round(placeAt(x, count, width));
}

/** Where `x` lies among the ticks: 1.5 is half way between the second and the third. */
function placeAt(x: number, count: number, width: number): number {
  if (count <= 1) return 0;
  const fraction = (x - MARGIN) / Math.max(1, width - 2 * MARGIN);
  return Math.max(0, Math.min(count - 1, fraction * (count - 1)));
}

/** Where a step lies among ascending `steps`, as `placeAt` says it; the ends for what is beyond. */
export function placeOfStep(steps: readonly number[], wanted: number): number {
  const above = steps.findIndex((each) => each >= wanted);
  if (above === 0) return 0;
  const [low, high] = [steps[above - 1], steps[above]];
  if (low === undefined || high === undefined) return Math.max(0, steps.length - 1);
  return above - 1 + (wanted - low) / (high - low);
}

/** The step, logged or not, that `x` means among ascending `steps`. */
export function stepAt(x: number, steps: readonly number[], width: number): number {
  const place = placeAt(x, steps.length, width);
  const low = steps[Math.floor(place)] ?? 0;
  const high = steps[Math.ceil(place)] ?? low;
  return low + (place % 1) * (high - low);
}

/**
 * Middles of two labels that are to stand at `a` and `b`, moved apart where they would overlap, and
 * both within `width`.
 */
export function labelsApart(
  [a, b]: readonly [number, number],
  [wide, other]: readonly [number, number],
  width: number,
): readonly [number, number] {
  const least = (wide + other) / 2 + 2;
  if (Math.abs(a - b) >= least) return [a, b];
  // Where both are at the same step, A, which is shown, stands at the right of B.
  const [left, right] = a < b ? [wide, other] : [other, wide];
  const middle = Math.max(
    left / 2 + least / 2,
    Math.min(width - right / 2 - least / 2, (a + b) / 2),
  );
  const [low, high] = [middle - least / 2, middle + least / 2];
  return a < b ? [low, high] : [high, low];
}

/** The indices that get a tick, the last one always among them. */
export function drawnTicks(count: number, width: number): readonly number[] {
  if (count <= 0) return [];
  const spacing = (width - 2 * MARGIN) / Math.max(1, count - 1);
  const every = Math.max(1, Math.ceil(CLOSEST / Math.max(spacing, 0.001)));
  const drawn = Array.from({ length: Math.ceil(count / every) }, (_, index) => index * every);
  if (drawn[drawn.length - 1] !== count - 1) drawn.push(count - 1);
  return drawn;
}
