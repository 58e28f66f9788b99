/** Where the ticks of the step bar stand. Pure functions of counts and pixels. */

/** Room left and right of the first and last tick, so that the knob is not cut. */
export const MARGIN = 8;
/**
 * Ticks closer than this, in pixels, are left out of the drawing; the knob still stops at every
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
  if (count <= 1) return 0;
  const fraction = (x - MARGIN) / Math.max(1, width - 2 * MARGIN);
  return Math.max(0, Math.min(count - 1, Math.round(fraction * (count - 1))));
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
