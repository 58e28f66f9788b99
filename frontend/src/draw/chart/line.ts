/**
 * What a line chart shows: lines over places, such as steps or distances, and how far they reach.
 */

import { plural } from "../../format";

/** One line: values[i] at places[i]; what is not finite leaves a gap. */
export interface Line {
  /** What the line stands for, of the caller's choice. */
  readonly id: number;
  readonly name: string;
  /** Ascending. */
  readonly places: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly colour: string;
  readonly dash?: readonly number[];
  /** It has no name at its end, though it is bold: another line beside it has. */
  readonly unnamed?: boolean;
  /** CSS pixels; 2 for a bold line and 1 for a thin one where it is left out. */
  readonly width?: number;
  /** Drawn above the thin ones, which are paler the more there are. */
  readonly bold: boolean;
}

/** An upright line at a place. */
export interface Mark {
  readonly place: number;
  readonly dashed: boolean;
}

/** Smallest and largest of two or more numbers. */
export type Range = readonly [number, number];

/** Room above and below the lines, as a share of what they span. */
const ROOM = 0.1;

/** Smallest and largest finite value; [0, 1] where there is none. */
export function valueRange(lines: readonly Line[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
      if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
    }
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The range with some room at both ends; what has one sign stays on its side of 0. */
export function roomyRange([low, high]: Range): Range {
  const room = ROOM * (high - low);
  return [
    low >= 0 ? Math.max(0, low - room) : low - room,
    high <= 0 ? Math.min(0, high + room) : high + room,
  ];
}

/**
 * Where lines have no number, in words: "NaN at 3 steps, infinite at 1 step"; "" where they have
 * all. `place` is what a place is: "step".
 */
export function gapText(lines: readonly Line[], place: string): string {
  const [nan, infinite] = [new Set<number>(), new Set<number>()];
  for (const { places, values } of lines) {
    for (let index = 0; index < places.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value))
        (Number.isNaN(value) ? nan : infinite).add(places[index] ?? Number.NaN);
    }
  }
  const parts = [
    nan.size > 0 ? `NaN at ${plural(nan.size, place)}` : "",
    infinite.size > 0 ? `infinite at ${plural(infinite.size, place)}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

/** First and last place of all lines; [0, 1] where there is none. */
export function placeRange(lines: readonly Line[]): Range {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { places } of lines) {
    from = Math.min(from, places[0] ?? from);
    to = Math.max(to, places[places.length - 1] ?? to);
  }
  return from <= to ? [from, to] : [0, 1];
}
