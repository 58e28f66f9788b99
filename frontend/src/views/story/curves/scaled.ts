/**
 * Lines that have a scale each, on one axis of steps: where their values stand among those of the
 * axis, and where their names. Pure functions of numbers.
 */

import { type Line, type Range, valueRange } from "../../../draw/chart/line";
import { fitText } from "../../../draw/text";

/** A line of another scale than the axis. */
export interface Scaled {
  /** With its values where they stand on the axis. */
  readonly line: Line;
  readonly values: ArrayLike<number>;
  /** Its smallest and largest value. */
  readonly own: Range;
}

/** Room above and below a line, as a share of the axis. */
const ROOM = 0.06;

/** Lays a line over the whole of the axis, from its smallest value to its largest. */
export function scaledTo(line: Line, axis: Range): Scaled {
  const own = valueRange([line]);
  const [low, high] = axis;
  const room = ROOM * (high - low);
  const height = high - low - 2 * room;
  const span = own[1] - own[0];
  const values = Array.from(
    line.values,
    (value) => low + room + (span > 0 ? ((value - own[0]) / span) * height : height / 2),
  );
  return {
    line: {
      ...line,
      values: values.map((each, at) => (Number.isFinite(line.values[at]) ? each : Number.NaN)),
    },
    values: line.values,
    own,
  };
}

/** A line within these places alone. */
export function within(line: Line, [from, to]: Range): Line {
  const kept = Array.from(line.places, (place, at) => ({
    place,
    value: line.values[at] ?? Number.NaN,
  })).filter(({ place }) => place >= from && place <= to);
  return {
    ...line,
    places: kept.map(({ place }) => place),
    values: kept.map(({ value }) => value),
  };
}

/**
 * A name in a line, or in two where it has no room in one: broken between words, never inside of
 * quotes, with "…" where there is more. `width`: of a text in CSS pixels.
 */
export function nameLines(
  name: string,
  room: number,
  width: (text: string) => number,
): readonly string[] {
  if (width(name) <= room) return [name];
  const [first = "", ...words] = name.match(/(["']).*?\1(?=\s|$)|\S+/g) ?? [];
  let upper = first;
  while (words[0] !== undefined && width(`${upper} ${words[0]}`) <= room)
    upper += ` ${words.shift()}`;
  return [upper, words.join(" ")].filter(Boolean).map((line) => fitText(line, room, width));
}

/** The last finite value of a line; NaN where there is none. */
export function lastValue({ values }: Line): number {
  for (let at = values.length - 1; at >= 0; at--)
    if (Number.isFinite(values[at])) return values[at] ?? Number.NaN;
  return Number.NaN;
}

/**
 * Middles of labels of this height that do not cover each other, each as near as it can be to where
 * it is wanted, between `top` and `bottom`. In the order of `wanted`.
 */
export function apart(
  wanted: readonly number[],
  height: number,
  top: number,
  bottom: number,
): readonly number[] {
  const order = wanted.map((_, at) => at).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let least = top + height / 2;
  for (const at of order) {
    placed[at] = Math.max(least, placed[at] ?? 0);
    least = (placed[at] ?? 0) + height;
  }
  let most = bottom - height / 2;
  for (const at of order.reverse()) {
    placed[at] = Math.min(most, placed[at] ?? 0);
    most = (placed[at] ?? 0) - height;
  }
  return placed;
}
