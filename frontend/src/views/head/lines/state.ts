/**
 * The drawing of lines as signals: its size and scroll, where everything stands, and the links of
 * the picture and of the focus.
 */

import { computed, type Signal, signal, untracked } from "@preact/signals";
import type { Edges } from "../../../draw/edges";
import {
  type Links,
  type Look,
  lookOf,
  type Pencil,
  picturePencil,
  placeLinks,
  ports,
  STRONG,
} from "../../../draw/links";
import { SortedEdges } from "../../../draw/sorted_edges";
import { canvasFont } from "../../../draw/style";
import { widestLabel } from "../../../draw/token_label";
import { capture } from "../../../state/data";
import { field } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import { stackNow } from "../../../state/selection";
import { scale } from "../../../state/show";
import { edgesOf } from "../edges";
import { isFaded } from "../faded";
import { focus } from "../focus";
import { keyLabels, queryLabels, type Side } from "../rows";
import { leastOf, series, shape, span } from "../state";
import {
  arrangeColumns,
  type Columns,
  LARGEST_FONT,
  type RowHeight,
  rowY,
  visibleRows,
} from "./layout";

/** Links of the whole picture; more would neither be read nor drawn in time. */
export const MOST_LINKS = 4000;
/** Links while the columns scroll. */
const MOST_MOVING = 400;
/** Links of one token. */
const MOST_OF_TOKEN = 3000;

export const plotSize = signal({ width: 0, height: 0 });
export const rowHeight = signal<RowHeight>("read");
inAddress("rows", field(rowHeight, String, parseRowHeight));
export const queryScroll = signal(0);
export const keyScroll = signal(0);
/** How far the column of a side is scrolled. */
export const SCROLLS: Readonly<Record<Side, Signal<number>>> = {
  query: queryScroll,
  key: keyScroll,
};
/** Names the text of the columns, at every step and in every run: another one begins at its top. */
export const textNow = computed(() => `${capture.value?.tag}\n${stackNow.value?.name}`);
/** The columns are on the move: the picture is coarser until they rest. */
export const scrolling = signal(false);
/** How long the columns must stand still, in milliseconds, to be at rest. */
const REST = 140;
let resting: ReturnType<typeof setTimeout> | undefined;

/** The columns scroll or zoom at this moment. */
export function markMoving(): void {
  clearTimeout(resting);
  scrolling.value = true;
  resting = setTimeout(() => {
    scrolling.value = false;
  }, REST);
}

/** Both columns scroll together. */
export const together = signal(true);

const labelWidths = computed(() => {
  const font = canvasFont(LARGEST_FONT);
  return { query: widestLabel(queryLabels.value, font), key: widestLabel(keyLabels.value, font) };
});

export const columns = computed<Columns | null>(() => {
  const now = shape.value;
  const { width, height } = plotSize.value;
  if (now === null || width === 0 || height === 0) return null;
  return arrangeColumns({
    width,
    height,
    queries: now.queries,
    keys: now.keys,
    series: series.value.length,
    queryLabel: labelWidths.value.query,
    keyLabel: labelWidths.value.key,
    rowHeight: rowHeight.value,
  });
});

function inView(): [number, number] {
  const [at, now] = [columns.value, shape.value];
  return at && now ? visibleRows(at, now.queries, queryScroll.value) : [0, now?.queries ?? 0];
}

/** Each a number, so that what is made of the rows in view is made again for other rows only. */
const firstInView = computed(() => inView()[0]);
const endOfView = computed(() => inView()[1]);
const isPlaced = computed(() => columns.value !== null);

/** The queries [from, to) that can be seen. Reads signals. */
export function rowsInView(): [number, number] {
  return [firstInView.value, endOfView.value];
}

/** From so many cells in view on each frame would look at too many, and all are sorted once. */
const MANY_CELLS = 2 ** 16;
/** More cells than this are not sorted, which would take longer than a few frames. */
const MOST_SORTED = 2 ** 21;

const sortedEdges = computed(
  () =>
    shape.value &&
    new SortedEdges({
      ...shape.value,
      series: series.value.map((each) => each.data),
      least: leastOf,
    }),
);

function cellsOf(rows: number): number {
  return rows * (shape.value?.keys ?? 0) * series.value.length;
}

/** Whether all edges are worth sorting: of a text that is long, and not too long. Reads signals. */
function sorts(): boolean {
  const cells = cellsOf(shape.value?.queries ?? 0);
  return cells > MANY_CELLS && cells <= MOST_SORTED;
}

/** Sorts all edges before the columns move, so that their first frame need not. */
export function prepareMoving(): void {
  if (untracked(sorts)) sortedEdges.peek();
}

/** The strongest edges of the queries that can be seen. */
export const pictureEdges = computed<Edges | null>(() => {
  const now = shape.value;
  if (!isPlaced.value || now === null) return null;
  const [from, to] = rowsInView();
  if (!scrolling.value)
    return edgesOf({ queries: [from, to], keys: [0, now.keys] }, now.keys, MOST_LINKS);
  const sorted = sorts() && cellsOf(to - from) > MANY_CELLS ? sortedEdges.value : null;
  return sorted
    ? sorted.strongest([from, to], MOST_MOVING)
    : edgesOf({ queries: [from, to], keys: [0, now.keys] }, now.keys, MOST_MOVING);
});

let rowsBefore: [number, number] = [0, 0];
/** The queries that could be seen when the columns last stood still: lists follow them then. */
const rowsAtRest = computed(() => {
  if (!scrolling.value) rowsBefore = rowsInView();
  return rowsBefore;
});

let edgesBefore: Edges | null = null;
/** What was drawn when the columns last stood still: what is said of the picture follows it then. */
export const edgesAtRest = computed<Edges | null>(() => {
  if (!scrolling.value) edgesBefore = pictureEdges.value;
  return edgesBefore;
});

/** The queries [from, to) that a list or a note beside the picture is of. Reads signals. */
export function listedRows(): readonly [number, number] {
  return rowsAtRest.value;
}

/** How the lines of the whole picture look, by how many the queries in sight may have. */
export const pencil = computed<Pencil>(() => {
  const at = columns.value;
  if (at === null) return picturePencil(0);
  const inSight = Math.min(at.left.count, Math.ceil(at.height / at.rowHeight));
  return picturePencil(inSight * at.right.count * series.value.length);
});

export const picture = computed<Links | null>(() => {
  const at = columns.value;
  const faded = (...link: Parameters<typeof isFaded>): number => (isFaded(...link) ? FADED : 1);
  const drawn = linksOf(pictureEdges.value, pencil.value, faded);
  return drawn && at && thinned(drawn.links, drawn.strengths, at.height);
});

const focusEdges = computed<Edges | null>(() => {
  const now = shape.value;
  const { anchor, query, key } = focus.value;
  if (now === null || anchor === null) return null;
  const one = (index: number | null): [number, number] => [index ?? 0, (index ?? 0) + 1];
  const queries: [number, number] = anchor === "key" ? [0, now.queries] : one(query);
  const keys: [number, number] = anchor === "query" ? [0, now.keys] : one(key);
  // A pair that is pointed at is shown however small its weight is.
  return edgesOf({ queries, keys }, now.keys, MOST_OF_TOKEN, anchor === "pair" ? () => 0 : leastOf);
});

/** What the focused token or pair has. */
export const focusLinks = computed<Links | null>(() => {
  const { query, key, anchor } = focus.value;
  // What is pointed at is meant, be it a sink.
  const meant = (of: number, to: number): boolean =>
    anchor === "key" ? to === key : of === query && to === key;
  const drawn = linksOf(focusEdges.value, STRONG, (place, of, to) =>
    !meant(of, to) && isFaded(place, of, to) ? FADED_FOCUS : 1,
  );
  return drawn?.links ?? null;
});

/** How much of its strength a line keeps that steps back: in the whole picture, and when looked at. */
const FADED = 0.06;
const FADED_FOCUS = 0.3;

/** How much of a vertical cut through the picture its lines may cover together, by their opacity. */
const MOST_INK = 0.3;

/**
 * Makes weak lines fainter where so many cross that they would be one surface; strong ones stay.
 * `strengths`: 0..1 of each line.
 */
function thinned(links: Links, strengths: Float32Array, height: number): Links {
  let ink = 0;
  for (const [at, width] of links.width.entries()) ink += width * (links.alpha[at] ?? 0);
  const crowd = Math.min(1, (MOST_INK * height) / Math.max(1e-6, ink));
  if (crowd === 1) return links;
  const alpha = links.alpha.map((each, at) => each * crowd ** (1 - (strengths[at] ?? 0)));
  return { ...links, alpha };
}

function linksOf(
  edges: Edges | null,
  pen: Pencil,
  keeps: (series: number, query: number, key: number) => number,
): { readonly links: Links; readonly strengths: Float32Array } | null {
  const at = columns.value;
  if (at === null || edges === null) return null;
  const { offset, widest } = ports(series.value.length, at.rowHeight);
  const [root, most] = [scale.value === "sqrt", span.value];
  const strengths = new Float32Array(edges.count);
  const look = (edge: number): Look => {
    const size = Math.min(1, (edges.weight[edge] ?? 0) / most);
    const [place, query, key] = [edges.series, edges.query, edges.key].map(
      (each) => each[edge] ?? 0,
    ) as [number, number, number];
    const strength = (root ? Math.sqrt(size) : size) * keeps(place, query, key);
    strengths[edge] = strength;
    return lookOf(pen, strength, widest);
  };
  const links = placeLinks(edges, {
    queryY: (query) => rowY(at, query, queryScroll.value),
    keyY: (key) => rowY(at, key, keyScroll.value),
    port: offset,
    look,
  });
  return { links, strengths };
}

function parseRowHeight(text: string): RowHeight {
  if (text === "fit" || text === "read") return text;
  const height = Number(text);
  return height > 0 && height <= 100 ? height : "read";
}
