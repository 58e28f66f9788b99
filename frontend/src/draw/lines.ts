/**
 * Curves between two columns of tokens: weights in; edges, curves and pixels out. Knows no signal
 * and no view.
 */

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

/**
 * What to draw of edges: vertical ends, width (CSS pixels) and opacity of each, in the order of the
 * edges.
 */
export interface Curves {
  readonly edges: Edges;
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly width: Float32Array;
  readonly alpha: Float32Array;
}

/** Where edges start and end, and how a weight looks. `port` sets the heads of one token apart. */
export interface Placement {
  readonly queryY: (query: number) => number;
  readonly keyY: (key: number) => number;
  readonly port: (series: number) => number;
  readonly widest: number;
  /** 0..1 for a weight. */
  readonly strength: (weight: number) => number;
}

const BUCKETS = 4096;
const THINNEST = 0.7;
const FAINTEST = 0.04;

/**
 * The strongest edges of a region, at most `limit`, none weaker than `least` says and none of
 * weight 0. `series`: per head the weights [queries, keys] of which `keys` is the row length.
 */
export function strongestEdges(
  series: readonly Float32Array[],
  keys: number,
  region: Region,
  least: Least,
  limit: number,
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
        if (weight < smallest) continue;
        candidates++;
        const bucket = bucketOf(weight);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
    }
  }
  const places = placesInOrder(counts, Math.min(limit, candidates));
  return { ...gather(series, keys, region, least, places), candidates, massOfAll, broken };
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
        if (!(weight > 0) || weight < smallest) continue;
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
function bucketOf(weight: number): number {
  return Math.min(BUCKETS - 1, Math.floor(Math.sqrt(weight) * BUCKETS));
}

/** Gives every edge its ends, width and opacity. */
export function placeCurves(edges: Edges, placement: Placement): Curves {
  const curves = {
    edges,
    from: new Float32Array(edges.count),
    to: new Float32Array(edges.count),
    width: new Float32Array(edges.count),
    alpha: new Float32Array(edges.count),
  };
  for (let at = 0; at < edges.count; at++) {
    const strength = placement.strength(edges.weight[at] ?? 0);
    const port = placement.port(edges.series[at] ?? 0);
    curves.from[at] = placement.queryY(edges.query[at] ?? 0) + port;
    curves.to[at] = placement.keyY(edges.key[at] ?? 0) + port;
    curves.width[at] = Math.max(THINNEST, strength * placement.widest);
    curves.alpha[at] = FAINTEST + (1 - FAINTEST) * strength;
  }
  return curves;
}

/**
 * Distance of each head's line from the middle of its row, so that heads do not hide each other.
 */
export function ports(
  count: number,
  rowHeight: number,
): { readonly offset: (series: number) => number; readonly widest: number } {
  const gap = count > 1 ? Math.min(4, (rowHeight * 0.66) / count) : 0;
  const widest =
    count > 1 ? Math.max(1, Math.min(6, gap * 1.5)) : Math.max(1, Math.min(6, rowHeight * 0.4));
  return { offset: (series) => (series - (count - 1) / 2) * gap, widest };
}

/** What of a canvas drawing context the curves need. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "bezierCurveTo"
  | "stroke"
  | "strokeStyle"
  | "globalAlpha"
  | "lineWidth"
  | "lineCap"
>;

/**
 * Draws curves between x = left and x = right, weakest first. `colours` by series. `dim(edge)`
 * fades single edges. Curves that stay outside [0, height] are left out.
 */
export function drawCurves(
  context: Pen,
  curves: Curves,
  frame: { readonly left: number; readonly right: number; readonly height: number },
  colours: readonly string[],
  dim: (edge: number) => number = () => 1,
): void {
  const { left, right, height } = frame;
  const middle = (left + right) / 2;
  context.lineCap = "butt";
  for (let at = 0; at < curves.edges.count; at++) {
    const from = curves.from[at] ?? 0;
    const to = curves.to[at] ?? 0;
    if ((from < 0 && to < 0) || (from > height && to > height)) continue;
    context.globalAlpha = (curves.alpha[at] ?? 0) * dim(at);
    context.lineWidth = curves.width[at] ?? 0;
    context.strokeStyle = colours[curves.edges.series[at] ?? 0] ?? "#888";
    context.beginPath();
    context.moveTo(left, from);
    context.bezierCurveTo(middle, from, middle, to, right, to);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * How far a curve has come from its start to its end (0..1) where it has gone `share` (0..1) of its
 * way across: the control points stand half way across at the height of their ends, so x = 1.5 t -
 * 1.5 t^2 + t^3 and y = 3 t^2 - 2 t^3.
 */
export function rise(share: number): number {
  let low = 0;
  let high = 1;
  for (let round = 0; round < 24; round++) {
    const middle = (low + high) / 2;
    if (middle * (1.5 - 1.5 * middle + middle * middle) < share) low = middle;
    else high = middle;
  }
  return low * low * (3 - 2 * low);
}

/**
 * The edge under a point `share` (0..1) across at height y, the strongest of those equally near; -1
 * where none is within `reach`.
 */
export function edgeAt(curves: Curves, share: number, y: number, reach: number): number {
  const risen = rise(share);
  let best = -1;
  let nearest = reach;
  for (let at = 0; at < curves.edges.count; at++) {
    const from = curves.from[at] ?? 0;
    const middle = from + ((curves.to[at] ?? 0) - from) * risen;
    const distance = Math.max(0, Math.abs(middle - y) - (curves.width[at] ?? 0) / 2);
    if (distance <= nearest) {
      nearest = distance;
      best = at;
    }
  }
  return best;
}
