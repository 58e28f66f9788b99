/**
 * Edges as curves between two columns of tokens, and the pixels of these. Knows no signal, no view.
 */

import type { Edges } from "./edges";

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

const THINNEST = 0.7;
const FAINTEST = 0.04;

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
