/** Which keys of a query have room in a table of all heads. Pure. */

/** More keys than these are not all shown. */
export const MOST_KEYS = 16;

/**
 * Keys of a query in the order of the text: those that `sees` says, or where these are too many,
 * those with the largest number, by size, in any of `rows`.
 */
export function keysWithRoom(
  rows: readonly { readonly data: Float32Array }[],
  keys: number,
  sees: (key: number) => boolean,
  most = MOST_KEYS,
): readonly number[] {
  const seen = Array.from({ length: keys }, (_, key) => key).filter(sees);
  if (seen.length <= most) return seen;
  const largest = (key: number): number =>
    rows.reduce((size, { data }) => Math.max(size, Math.abs(data[key] ?? 0) || 0), 0);
  const sizes = new Map(seen.map((key) => [key, largest(key)]));
  return seen
    .sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
