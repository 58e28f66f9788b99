/** The strongest weights of many as edges between queries and keys. Knows no signal and no view. */

/** Queries [from, to) and keys [from, to) of which edges are wanted. */
export interface Region {
  readonly queries: readonly [number, number];
  readonly keys: readonly [number, number];
}

/**
 * Edges in columns, ascending by weight. `series` is an index into the list of heads that are
 * drawn.
 */
export interface Edges {
  readonly count: number;
  readonly series: Uint16Array;
  readonly query: Uint32Array;
  readonly key: Uint32Array;
  readonly weight: Float32Array;
  /**
   * Weights of the region that reach the smallest weight; more than `count` where the limit cut.
   */
  readonly candidates: number;
  /** Sum of the weights that are edges. */
  readonly mass: number;
  /** Sum of all weights of the region. */
  readonly massOfAll: number;
  /** Weights of the region that are not numbers. */
  readonly broken: number;
}

/** The smallest weight that is drawn of a query in one series. */
export type Least = (series: number, query: number) => number;
/** Whether a weight is no edge, however large. */
export type Left = (series: number, query: number, key: number) => boolean;

export const BUCKETS = 4096;

/**
 * The strongest edges of a region, at most `limit`, none weaker than `least` says and none of
 * weight 0. `series`: per head the weights [queries, keys] of which `keys` is the row length. `left`:
 * no edges, and no candidates; null: there are none.
 */
export function strongestEdges(
  series: readonly Float32Array[],
  keys: number,
  region: Region,
  least: Least,
  limit: number,
  left: Left | null = null,
): Edges {
  const counts = new Uint32Array(BUCKETS);
  let massOfAll = 0;
  let candidates = 0;
  let broken = 0;
  for (const [index, data] of series.entries()) {
    for (let query = region.queries[0]; query < region.queries[1]; query++) {
      const smallest = least(index, query);
      const end = query * keys + region.keys[1];
      for (let at = query * keys + region.keys[0]; at < end; at++) {
        const weight = data[at] ?? 0;
        if (!(weight > 0)) {
          if (Number.isNaN(weight)) broken++;
          continue;
        }
        massOfAll += weight;
        if (weight < smallest || left?.(index, query, at - query * keys)) continue;
        candidates++;
        const bucket = bucketOf(weight);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
    }
  }
  const places = placesInOrder(counts, Math.min(limit, candidates));
  return { ...gather(series, keys, region, least, places, left), candidates, massOfAll, broken };
}

interface Places {
  readonly count: number;
  /** Where the next edge of a bucket goes. */
  readonly next: Uint32Array;
  /** How many edges a bucket may still place. */
  readonly room: Uint32Array;
}

/** Room for `count` edges, given to the heaviest buckets first; places ascend with the weight. */
function placesInOrder(counts: Uint32Array, count: number): Places {
  const next = new Uint32Array(BUCKETS);
  const room = new Uint32Array(BUCKETS);
  let left = count;
  for (let bucket = BUCKETS - 1; bucket >= 0 && left > 0; bucket--) {
    const taken = Math.min(left, counts[bucket] ?? 0);
    left -= taken;
    room[bucket] = taken;
    next[bucket] = left;
  }
  return { count, next, room };
}

function gather(
  series: readonly Float32Array[],
  keys: number,
  region: Region,
  least: Least,
  places: Places,
  left: Left | null,
): Omit<Edges, "candidates" | "massOfAll" | "broken"> {
  const found = {
    count: places.count,
    series: new Uint16Array(places.count),
    query: new Uint32Array(places.count),
    key: new Uint32Array(places.count),
    weight: new Float32Array(places.count),
  };
  let mass = 0;
  series.forEach((data, index) => {
    for (let query = region.queries[0]; query < region.queries[1]; query++) {
      const smallest = least(index, query);
      for (let key = region.keys[0]; key < region.keys[1]; key++) {
        const weight = data[query * keys + key] ?? 0;
        if (!(weight > 0) || weight < smallest || left?.(index, query, key)) continue;
        const bucket = bucketOf(weight);
        const room = places.room[bucket] ?? 0;
        if (room === 0) continue;
        places.room[bucket] = room - 1;
        const place = places.next[bucket] ?? 0;
        places.next[bucket] = place + 1;
        found.series[place] = index;
        found.query[place] = query;
        found.key[place] = key;
        found.weight[place] = weight;
        mass += weight;
      }
    }
  });
  return { ...found, mass };
}

/** Ascending with the weight; the square root gives small weights their own buckets. */
export function bucketOf(weight: number): number {
  return Math.min(BUCKETS - 1, Math.floor(Math.sqrt(weight) * BUCKETS));
}
