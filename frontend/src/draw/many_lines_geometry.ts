/** A line chart over steps: where things stand, and what is near a point. Pure: numbers in, numbers out. */

/** One line: values[i] at steps[i]; NaN leaves a gap. */
export interface Line {
  /** What the line stands for, of the caller's choice. */
  readonly id: number;
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: Float32Array;
  readonly colour: string;
  readonly dash?: number[];
  /** Drawn bold, above the thin ones. */
  readonly bold: boolean;
}

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** First and last step. */
  readonly from: number;
  readonly to: number;
  /** Smallest and largest value. */
  readonly low: number;
  readonly high: number;
}

const ROOM = { left: 44, right: 12, top: 10, bottom: 24 };

export function frameOf(
  width: number,
  height: number,
  steps: readonly [number, number],
  range: readonly [number, number],
): Frame {
  const [from, to] = steps;
  const [low, high] = range[1] > range[0] ? range : [range[0] - 0.5, range[0] + 0.5];
  return {
    left: ROOM.left,
    top: ROOM.top,
    width: Math.max(1, width - ROOM.left - ROOM.right),
    height: Math.max(1, height - ROOM.top - ROOM.bottom),
    from,
    to,
    low,
    high,
  };
}

export function xOf(frame: Frame, step: number): number {
  const share = frame.to > frame.from ? (step - frame.from) / (frame.to - frame.from) : 0.5;
  return frame.left + share * frame.width;
}

export function yOf(frame: Frame, value: number): number {
  return frame.top + (1 - (value - frame.low) / (frame.high - frame.low)) * frame.height;
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Index of the step nearest to `step` in ascending `steps`; -1 where there are none. */
export function nearestIndex(steps: readonly number[], step: number): number {
  let [low, high] = [0, steps.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) <= step) low = middle;
    else high = middle;
  }
  if (high < 0) return -1;
  return Math.abs((steps[low] ?? 0) - step) <= Math.abs((steps[high] ?? 0) - step) ? low : high;
}

export interface Near {
  readonly line: number;
  /** Index into the line's steps. */
  readonly index: number;
}

/** The line whose value is nearest to a point, at the step nearest to it; null where none is within `reach` pixels. Bold lines win. */
export function nearestLine(
  lines: readonly Line[],
  frame: Frame,
  x: number,
  y: number,
  reach: number,
): Near | null {
  const step = frame.from + ((x - frame.left) / frame.width) * (frame.to - frame.from);
  let best: Near | null = null;
  let least = reach;
  lines.forEach(({ steps, values, bold }, line) => {
    const index = nearestIndex(steps, step);
    const away = Math.abs(yOf(frame, values[index] ?? Number.NaN) - y) - (bold ? 3 : 0);
    if (away < least) {
      least = away;
      best = { line, index };
    }
  });
  return best;
}

/** All values' smallest and largest; [0, 1] where there is no number. */
export function rangeOf(lines: readonly Line[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Smallest and largest step of all lines. */
export function stepRange(lines: readonly Line[]): readonly [number, number] {
  const firsts = lines.flatMap(({ steps }) => steps[0] ?? []);
  const lasts = lines.flatMap(({ steps }) => steps[steps.length - 1] ?? []);
  return firsts.length > 0 ? [Math.min(...firsts), Math.max(...lasts)] : [0, 1];
}
