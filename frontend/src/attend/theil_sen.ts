/** A weighted Theil-Sen fit, as in tb_attention/attention/theil_sen.py. */

/** Points that a line is fitted through. */
const BINS = 32;

export type Fit = readonly [slope: number, intercept: number, r2: number];

const NO_LINE: Fit = [Number.NaN, Number.NaN, Number.NaN];

interface Bin {
  readonly x: number;
  readonly y: number;
  readonly count: number;
}

/** The line through means of `values`, each of so many numbers, at `places`. */
export function fitLine(
  places: readonly number[],
  counts: Float64Array,
  values: Float64Array,
): Fit {
  const bins = binned(places, counts, values);
  if (bins.length < 3) return NO_LINE;
  const slopes: (readonly [number, number])[] = [];
  bins.forEach((a, at) => {
    for (const b of bins.slice(at + 1)) {
      const error = Math.sqrt((a.count * b.count) / (a.count + b.count));
      slopes.push([(b.y - a.y) / (b.x - a.x), Math.abs(b.x - a.x) * error]);
    }
  });
  const slope = weightedMedian(slopes);
  const rests = bins.map(({ x, y, count }) => [y - slope * x, Math.sqrt(count)] as const);
  const intercept = weightedMedian(rests);
  const total = sum(bins.map(({ count }) => count));
  const mean = sum(bins.map(({ y, count }) => y * count)) / total;
  const spread = sum(bins.map(({ y, count }) => count * (y - mean) ** 2));
  const rest = sum(bins.map(({ x, y, count }) => count * (y - intercept - slope * x) ** 2));
  return [slope, intercept, spread > 0 ? Math.max(0, 1 - rest / spread) : 0];
}

/** Means in at most `most` intervals of equal width; values that are not finite take no part. */
export function binned(
  places: readonly number[],
  counts: ArrayLike<number>,
  values: ArrayLike<number>,
  most = BINS,
): readonly Bin[] {
  const used = places
    .map((x, at) => ({ x, y: values[at] ?? Number.NaN, count: counts[at] ?? 0 }))
    .filter(({ y, count }) => count > 0 && Number.isFinite(y));
  const low = Math.min(...used.map(({ x }) => x));
  const high = Math.max(...used.map(({ x }) => x));
  const sums = Array.from({ length: most }, () => ({ count: 0, x: 0, y: 0 }));
  for (const { x, y, count } of used) {
    const at = high === low ? 0 : Math.min(Math.floor(((x - low) / (high - low)) * most), most - 1);
    const bin = sums[at];
    if (!bin) continue;
    bin.count += count;
    bin.x += count * x;
    bin.y += count * y;
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ x, y, count }) => ({ x: x / count, y: y / count, count }));
}

function weightedMedian(weighted: readonly (readonly [value: number, weight: number])[]): number {
  const sorted = [...weighted].sort(([a], [b]) => a - b);
  const half = sum(sorted.map(([, weight]) => weight)) / 2;
  let reached = 0;
  for (const [at, [value, weight]] of sorted.entries()) {
    reached += weight;
    if (reached < half) continue;
    const next = reached === half ? (sorted[at + 1]?.[0] ?? value) : value;
    return (value + next) / 2;
  }
  return Number.NaN;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}
