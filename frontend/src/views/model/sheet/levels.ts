/** What of a head is drawn at a size: the nearer one looks, the more there is to read. Pure. */

export type Level = "thumbnail" | "matrix" | "lines" | "neurons";

/** Of the size at which a head fills the pane: from where on each level is drawn. */
const FROM: readonly (readonly [Level, number])[] = [
  ["thumbnail", 0],
  ["matrix", 0.2],
  ["lines", 0.56],
  ["neurons", 0.84],
];
/** Where a level is read best. */
const BEST: Readonly<Record<Level, number>> = {
  thumbnail: 0,
  matrix: 0.42,
  lines: 0.7,
  neurons: 1,
};
/** One level becomes the next within such a factor. */
const BLEND = 1.16;

export interface Drawn {
  readonly level: Level;
  /** 0..1: the next level is laid over this one. */
  readonly alpha: number;
}

/** The level that is drawn, and the next one where it already shows through. */
export function levelsAt(share: number): readonly Drawn[] {
  const reached = FROM.filter(([, from]) => share >= from);
  const level = reached.at(-1)?.[0] ?? "thumbnail";
  const next = FROM[reached.length];
  const alpha = next ? Math.log((share * BLEND) / next[1]) / Math.log(BLEND) : 0;
  const own = { level, alpha: 1 };
  return next && alpha > 0 ? [own, { level: next[0], alpha: Math.min(1, alpha) }] : [own];
}

/** The share of the largest size at which a level is read best. */
export function shareOf(level: Level): number {
  return BEST[level];
}

/**
 * How near one looks at a zoom between 1, where all heads are seen, and `largest`, where one fills
 * the pane: the share of its largest size that a head has; of a few heads, which are large from the
 * start, less.
 */
export function nearness(zoom: number, largest: number): number {
  const whole = wholeNearness(largest);
  const way = largest > 1 ? Math.log(zoom) / Math.log(largest) : 0;
  return whole ** (1 - way);
}

/** The zoom at which one looks so near. */
export function zoomFor(near: number, largest: number): number {
  const way = 1 - Math.log(near) / Math.log(wholeNearness(largest));
  return Math.max(1, largest ** way);
}

function wholeNearness(largest: number): number {
  return Math.min(1 / largest, BEST.matrix);
}

/** The level after the one that is drawn at a share; the last one stays. */
export function nextLevel(share: number): Level {
  const at = FROM.filter(([, from]) => share >= from).length;
  return (FROM[at] ?? FROM.at(-1))?.[0] ?? "neurons";
}
