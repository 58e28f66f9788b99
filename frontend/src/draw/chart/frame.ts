/** Where places and values stand in a line chart. Pure functions of numbers. */

import type { Range } from "./line";

export interface Scales {
  /** First and last place. */
  readonly places: Range;
  /** Smallest and largest value. */
  readonly values: Range;
  /** Distances between places are those of log2(1 + place); only where no place is negative. */
  readonly log: boolean;
  /** Values are ranks: the first stands on top. */
  readonly ranks: boolean;
  /** The axes have names, which take room. */
  readonly named: boolean;
  /** Places have no numbers: they stand below another chart that shares the axis. */
  readonly bare?: boolean;
  /** CSS pixels at the right of the lines for their names. */
  readonly nameRoom?: number;
}

/** Where the lines are drawn, in CSS pixels of the canvas. */
export interface Frame extends Scales {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** CSS pixels around the lines; names of the axes take more. */
export const ROOM = { left: 44, right: 12, top: 10, bottom: 24 };
const ROOM_OF_NAMES = { left: 10, bottom: 14 };
/** Below the lines, where no numbers stand there. */
const BARE = 8;

export function frameOf(width: number, height: number, scales: Scales): Frame {
  const { log, named, bare = false, nameRoom = 0 } = scales;
  const left = ROOM.left + (named ? ROOM_OF_NAMES.left : 0);
  const bottom = bare ? BARE : ROOM.bottom + (named ? ROOM_OF_NAMES.bottom : 0);
  return {
    ...scales,
    left,
    top: ROOM.top,
    width: Math.max(1, width - left - ROOM.right - Math.min(nameRoom, width / 3)),
    height: Math.max(1, height - ROOM.top - bottom),
    values: spread(scales.values),
    log: log && scales.places[0] >= 0,
  };
}

export function xOf(frame: Frame, place: number): number {
  const [from, to] = [along(frame, frame.places[0]), along(frame, frame.places[1])];
  const share = to > from ? (along(frame, place) - from) / (to - from) : 0.5;
  return frame.left + share * frame.width;
}

/** The place that stands at `x`, where `xOf` would put it; between places too. */
export function placeAt(frame: Frame, x: number): number {
  const [from, to] = [along(frame, frame.places[0]), along(frame, frame.places[1])];
  const at = from + ((x - frame.left) / frame.width) * (to - from);
  return frame.log ? 2 ** at - 1 : at;
}

export function yOf({ top, height, values: [low, high], ranks }: Frame, value: number): number {
  const share = (value - low) / (high - low);
  return top + (ranks ? share : 1 - share) * height;
}

function along({ log }: Frame, place: number): number {
  return log ? Math.log2(1 + place) : place;
}

/** A range that has a height: a line that stays at one value runs through the middle. */
function spread([low, high]: Range): Range {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (high > low) return [low, high];
  const room = low === 0 || Math.abs(low) > 1 ? 0.5 : Math.abs(low) / 2;
  return [low - room, low + room];
}
