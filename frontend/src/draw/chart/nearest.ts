/** What is near a point of a line chart. Pure functions of numbers. */

import { type Frame, placeAt, xOf, yOf } from "./frame";
import type { Line } from "./line";

export interface Near {
  /** Index of the line. */
  readonly line: number;
  /** Index into the line's places. */
  readonly index: number;
}

/** A bold line is found from so many pixels further away than a thin one. */
const BOLD_REACH = 3;

/**
 * Index of the place nearest to `place` in ascending `places`, the first of two; -1 where there are
 * none.
 */
export function nearestIndex(places: ArrayLike<number>, place: number): number {
  let [low, high] = [0, places.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) <= place) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs((places[low] ?? 0) - place) <= Math.abs((places[high] ?? 0) - place) ? low : high;
}

/**
 * The line whose value is nearest to a point, at its place nearest to the point; null where none is
 * within `reach` pixels. Bold lines win.
 */
export function nearestLine(
  lines: readonly Line[],
  frame: Frame,
  x: number,
  y: number,
  reach: number,
): Near | null {
  const place = placeAt(frame, x);
  let best: Near | null = null;
  let least = reach;
  lines.forEach((line, at) => {
    const { places, values, bold } = line;
    if (beside(line, frame, x) > reach) return;
    const index = nearestIndex(places, place);
    const away = Math.abs(yOf(frame, values[index] ?? Number.NaN) - y) - (bold ? BOLD_REACH : 0);
    if (away < least) {
      least = away;
      best = { line: at, index };
    }
  });
  return best;
}

/** Pixels from `x` to the first or last place of a line; 0 between them. */
function beside({ places }: Line, frame: Frame, x: number): number {
  const first = xOf(frame, places[0] ?? Number.NaN);
  const last = xOf(frame, places[places.length - 1] ?? Number.NaN);
  return Math.max(0, first - x, x - last);
}
