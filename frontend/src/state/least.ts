/**
 * Which weights are too small to be drawn. A number holds for every text; without one it scales
 * with how many keys a query sees: weights of 1,024 keys are small, and together they are nearly
 * all of it.
 */

/** Of the even weight, 1 / the number of keys that a query sees. */
const PART = 0.5;
/** In short texts: what is less can hardly be seen. */
const MOST = 0.02;
/** Of a difference: of what the strongest colour stands for. */
const PART_OF_SPAN = 0.02;

/** The smallest weight that is drawn of a query that sees so many keys. */
export function leastWeight(smallest: number | null, keys: number): number {
  return smallest ?? Math.min(MOST, PART / Math.max(1, keys));
}

/** The smallest size of a difference that is drawn, whose strongest colour stands for `span`. */
export function leastChange(smallest: number | null, span: number): number {
  return smallest ?? PART_OF_SPAN * span;
}

/** Of all change, what lies in differences that have the strongest colour. */
const STRONGEST = 0.1;
/** Buckets of an octave, and of all sizes from 2^-OCTAVES to 1. */
const PER_OCTAVE = 8;
const OCTAVES = 32;

/**
 * What the strongest colour stands for, as a round number: a tenth of all change at most lies in
 * larger differences, so that one of them does not make all others white. 1 where there is none.
 */
export function spanOf(differences: Iterable<number>): number {
  const sums = new Float64Array(PER_OCTAVE * OCTAVES + 1);
  const largest = new Float64Array(sums.length);
  let all = 0;
  for (const each of differences) {
    const size = Math.abs(each);
    if (!(size > 0) || size === Number.POSITIVE_INFINITY) continue;
    const octaves = Math.max(0, Math.min(OCTAVES, OCTAVES + Math.log2(size)));
    const bucket = Math.round(PER_OCTAVE * octaves);
    sums[bucket] = (sums[bucket] ?? 0) + size;
    largest[bucket] = Math.max(largest[bucket] ?? 0, size);
    all += size;
  }
  if (all === 0) return 1;
  let bucket = sums.length - 1;
  let above = sums[bucket] ?? 0;
  while (bucket > 0 && above <= STRONGEST * all) above += sums[--bucket] ?? 0;
  return roundUp(largest[bucket] ?? 1);
}

/** 1, 2 or 5 times a power of 10, and 1 at most. */
function roundUp(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const round = [1, 2, 5, 10].find((each) => each * power >= size * (1 - 1e-6)) ?? 10;
  return Math.min(1, Number((round * power).toPrecision(1)));
}

/** "0.02", or what it is where it scales: as words that may follow "under" or "from". */
export function leastText(smallest: number | null): string {
  return smallest === null ? `half of the even weight (${MOST} at most)` : String(smallest);
}

/** As `leastText`, of differences. */
export function leastChangeText(smallest: number | null): string {
  return smallest === null ? "a fiftieth of the strongest colour" : String(smallest);
}

/** What the setting means for the text on the screen, of so many keys. */
export function leastSentence(smallest: number | null, keys: number): string {
  if (smallest !== null) return `Weights under ${smallest} are not drawn, however long the text.`;
  const here = Number(leastWeight(null, keys).toPrecision(2));
  return `Scales with the text: half of the even weight. A query that sees ${keys} keys: ${here}.`;
}
