/**
 * Which of many weights are the largest, found by counting and not by sorting: millions take a
 * blink.
 */

/**
 * Half of the bits of a float32 without its sign. Floats of the same sign are in the order of their
 * bits.
 */
const HALF = 1 << 16;
const SIZE = 0x7fffffff;

export interface Heaviest {
  /** Places (head * size + pair), ascending. */
  readonly pairs: Float64Array;
  /** How many weights are not 0. */
  readonly all: number;
}

/**
 * The weights that are not 0; at most `most`, the largest by size. What is no number counts as
 * larger than all.
 */
export function heaviest(heads: readonly Float32Array[], size: number, most: number): Heaviest {
  const bits = heads.map((data) => new Uint32Array(data.buffer, data.byteOffset, data.length));
  const high = new Uint32Array(HALF);
  let all = 0;
  for (const data of bits) {
    for (let at = 0; at < data.length; at++) {
      const value = (data[at] ?? 0) & SIZE;
      if (value === 0) continue;
      all++;
      high[value >>> 16] = (high[value >>> 16] ?? 0) + 1;
    }
  }
  const upper = cut(high, Math.min(all, most));
  const low = new Uint32Array(HALF);
  for (const data of bits) {
    for (let at = 0; at < data.length; at++) {
      const value = (data[at] ?? 0) & SIZE;
      if (value !== 0 && value >>> 16 === upper.bucket)
        low[value & 0xffff] = (low[value & 0xffff] ?? 0) + 1;
    }
  }
  const lower = cut(low, upper.room);
  const least = upper.bucket * HALF + lower.bucket;
  const pairs = new Float64Array(Math.min(all, most));
  let { room } = lower;
  let count = 0;
  bits.forEach((data, head) => {
    for (let at = 0; at < data.length; at++) {
      const value = (data[at] ?? 0) & SIZE;
      if (value !== 0 && (value > least || (value === least && room-- > 0)))
        pairs[count++] = head * size + at;
    }
  });
  return { pairs, all };
}

/** The bucket in which the `wanted` largest end, and how many of it are among them. */
function cut(counts: Uint32Array, wanted: number): { bucket: number; room: number } {
  let left = wanted;
  for (let bucket = counts.length - 1; bucket > 0; bucket--) {
    const count = counts[bucket] ?? 0;
    if (count >= left) return { bucket, room: left };
    left -= count;
  }
  return { bucket: 0, room: left };
}
