/**
 * Edges as straight lines between two columns of tokens, and the pixels of these. Knows no signal,
 * no view.
 */

import type { Edges } from "./edges";

/**
 * What to draw of edges: vertical ends, width (CSS pixels) and opacity of each, in the order of the
 * edges.
 */
export interface Links {
  readonly edges: Edges;
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly width: Float32Array;
  readonly alpha: Float32Array;
}

/** Width in CSS pixels and opacity 0..1 of a line. */
export interface Look {
  readonly width: number;
  readonly alpha: number;
}

/**
 * How lines of some kind look: those of the strength 1, and what the weakest still have. In between
 * both grow with the strength.
 */
export interface Pencil {
  readonly thinnest: number;
  readonly widest: number;
  readonly faintest: number;
  readonly densest: number;
}

/** The whole picture: soft, so that many lines can be seen through each other. */
export const SOFT: Pencil = { thinnest: 0.8, widest: 2.6, faintest: 0.07, densest: 0.62 };
/** What is looked at. */
export const STRONG: Pencil = { thinnest: 0.9, widest: 5, faintest: 0.16, densest: 1 };

/** The whole picture where it has few lines, which need not be seen through each other. */
const CLEAR: Pencil = { thinnest: 0.9, widest: 4, faintest: 0.12, densest: 0.95 };
/** Up to so few links that may be drawn it is clear, from so many on soft. */
const LINKS = { clear: 200, soft: 4000 };

/**
 * Of a picture in which so many links may be drawn. By those that may, not those that are: so lines
 * of a text look the same at every step and in every head.
 */
export function picturePencil(links: number): Pencil {
  const share = Math.log(LINKS.soft / Math.max(1, links)) / Math.log(LINKS.soft / LINKS.clear);
  const clear = Math.max(0, Math.min(1, share));
  const between = (name: keyof Pencil): number => SOFT[name] + clear * (CLEAR[name] - SOFT[name]);
  return {
    thinnest: between("thinnest"),
    widest: between("widest"),
    faintest: between("faintest"),
    densest: between("densest"),
  };
}

/** Of the pencil as it is used for a line of a strength 0..1, at most `widest` CSS pixels wide. */
export function lookOf(pencil: Pencil, strength: number, widest: number): Look {
  const most = Math.max(pencil.thinnest, Math.min(pencil.widest, widest));
  return {
    width: Math.max(pencil.thinnest, strength * most),
    alpha: pencil.faintest + (pencil.densest - pencil.faintest) * strength,
  };
}

/** Where edges start and end, and how they look. `port` sets the heads of one token apart. */
export interface Placement {
  readonly queryY: (query: number) => number;
  readonly keyY: (key: number) => number;
  readonly port: (series: number) => number;
  readonly look: (edge: number) => Look;
}

/** Gives every edge its ends, width and opacity. */
export function placeLinks(edges: Edges, placement: Placement): Links {
  const links = {
    edges,
    from: new Float32Array(edges.count),
    to: new Float32Array(edges.count),
    width: new Float32Array(edges.count),
    alpha: new Float32Array(edges.count),
  };
  for (let at = 0; at < edges.count; at++) {
    const port = placement.port(edges.series[at] ?? 0);
    const { width, alpha } = placement.look(at);
    links.from[at] = placement.queryY(edges.query[at] ?? 0) + port;
    links.to[at] = placement.keyY(edges.key[at] ?? 0) + port;
    links.width[at] = width;
    links.alpha[at] = alpha;
  }
  return links;
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

/** What of a canvas drawing context the lines need. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
  | "strokeStyle"
  | "globalAlpha"
  | "lineWidth"
  | "lineCap"
>;

/**
 * Draws lines between x = left and x = right, weakest first. `colours` by series. `dim(edge)` fades
 * single edges. Lines that stay outside [0, height] are left out.
 */
export function drawLinks(
  context: Pen,
  links: Links,
  frame: { readonly left: number; readonly right: number; readonly height: number },
  colours: readonly string[],
  dim: (edge: number) => number = () => 1,
): void {
  const { left, right, height } = frame;
  context.lineCap = "butt";
  for (let at = 0; at < links.edges.count; at++) {
    const from = links.from[at] ?? 0;
    const to = links.to[at] ?? 0;
    if ((from < 0 && to < 0) || (from > height && to > height)) continue;
    context.globalAlpha = (links.alpha[at] ?? 0) * dim(at);
    context.lineWidth = links.width[at] ?? 0;
    context.strokeStyle = colours[links.edges.series[at] ?? 0] ?? "#888";
    context.beginPath();
    context.moveTo(left, from);
    context.lineTo(right, to);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * The edge under a point `share` (0..1) across at height y, the strongest of those equally near; -1
 * where none is within `reach`.
 */
export function linkAt(links: Links, share: number, y: number, reach: number): number {
  let best = -1;
  let nearest = reach;
  for (let at = 0; at < links.edges.count; at++) {
    const from = links.from[at] ?? 0;
    const middle = from + ((links.to[at] ?? 0) - from) * share;
    const distance = Math.max(0, Math.abs(middle - y) - (links.width[at] ?? 0) / 2);
    if (distance <= nearest) {
      nearest = distance;
      best = at;
    }
  }
  return best;
}
