/** Round numbers along the axes of a line chart, as many as there is room for, and their text. */

import { tickStep, ticks } from "d3-array";
import { countText, tickText } from "../../format";
import type { Range } from "./line";

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** CSS pixels from one value to the next. */
const VALUE_ROOM = 24;
/** CSS pixels between the texts of two places. */
const PLACE_GAP = 24;

/** Ticks of the axis up, `length` CSS pixels long. */
export function valueTicks(range: Range, length: number): readonly Tick[] {
  const [all, step] = roundNumbers(range, length, VALUE_ROOM);
  return all.map((at) => ({ at, text: tickText(at, step) }));
}

/**
 * Ticks of the axis across, `length` CSS pixels long, at whole places; `measure` gives the width of
 * a text.
 */
export function placeTicks(
  range: Range,
  length: number,
  log: boolean,
  measure: (text: string) => number,
): readonly Tick[] {
  const widest = Math.max(...range.map((each) => measure(countText(Math.round(each)))));
  const room = widest + PLACE_GAP;
  const all = log ? powers(range, length, room) : roundNumbers(range, length, room)[0];
  return all.filter(Number.isInteger).map((at) => ({ at, text: countText(at) }));
}

/**
 * The most multiples of 1, 2 or 5 times a power of ten that stand at least `room` pixels apart, and
 * their distance.
 */
function roundNumbers(
  [low, high]: Range,
  length: number,
  room: number,
): readonly [readonly number[], number] {
  if (!(high > low)) return [[low], 1];
  let count = Math.max(1, Math.floor(length / room));
  while (count > 1 && (tickStep(low, high, count) / (high - low)) * length < room) count--;
  return [ticks(low, high, count), tickStep(low, high, count)];
}

/**
 * 0, 1, 3, 7, 15 ...: the places at which log2(1 + place) is whole, all or every second, third ...
 * of them.
 */
function powers([low, high]: Range, length: number, room: number): readonly number[] {
  const doublings = Math.log2((1 + high) / (1 + low));
  const every = Math.max(1, Math.ceil((room * doublings) / length));
  const first = Math.ceil(Math.log2(1 + low) / every);
  const last = Math.floor(Math.log2(1 + high) / every);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => 2 ** ((first + index) * every) - 1,
  );
}
