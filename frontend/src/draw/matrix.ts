/** Heat maps of weights, one for each head: where they stand, the pixels of each, and the cell under a point. Knows no signal and no view. */

import { BROKEN } from "./strips";

/** What there is to arrange, in CSS pixels. */
export interface MapsInput {
  readonly width: number;
  readonly height: number;
  readonly maps: number;
  readonly queries: number;
  readonly keys: number;
  /** Widest label of a query and of a key. */
  readonly queryLabel: number;
  readonly keyLabel: number;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
  /** How much larger cells are than fits; 1: as fits. */
  readonly zoom: number;
}

/** All maps have the same size. Positions in CSS pixels from the upper left corner of the content, which may be taller than the box. */
export interface Maps {
  readonly count: number;
  readonly across: number;
  readonly queries: number;
  readonly keys: number;
  /** Side of a cell: a whole number of device pixels, or less than one. */
  readonly cell: number;
  readonly mapWidth: number;
  readonly mapHeight: number;
  /** Room for the labels of queries, left of the first map of every row, and of keys, above every map; 0 where they do not fit. */
  readonly queryRoom: number;
  readonly keyRoom: number;
  readonly left: number;
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** Cells are as large as they get. */
  readonly largest: boolean;
}

export const MAP_TITLE = 20;
export const MAP_GAP = 18;
/** Cells smaller than this have no labels. */
export const SMALLEST_LABELLED = 11;
const LARGEST_CELL = 36;
const LEAST_MAP = 150;
const LONGEST_LABEL = 110;

/** The arrangement with the largest cells; where maps would become smaller than `LEAST_MAP`, fewer stand side by side and the content scrolls. */
export function arrangeMaps(input: MapsInput): Maps {
  const fitted = fittedMaps(input);
  if (input.zoom <= 1) return fitted;
  const cell = wholePixels(Math.min(LARGEST_CELL, fitted.cell * input.zoom), input.ratio);
  return placed(input, fitted.across, cell, cell >= SMALLEST_LABELLED);
}

function fittedMaps(input: MapsInput): Maps {
  let best: Maps | null = null;
  for (let across = 1; across <= input.maps; across++) {
    const next = mapsOf(input, across, true);
    if (best === null || next.cell > best.cell) best = next;
  }
  const whole = best ?? mapsOf(input, 1, true);
  const least = Math.min(
    LEAST_MAP,
    LARGEST_CELL * Math.max(input.queries, input.keys),
    input.width,
  );
  if (Math.max(whole.mapWidth, whole.mapHeight) >= least) return whole;
  const across = Math.max(
    1,
    Math.min(input.maps, Math.floor((input.width + MAP_GAP) / (LEAST_MAP + MAP_GAP))),
  );
  return mapsOf(input, across, false);
}

function mapsOf(input: MapsInput, across: number, fit: boolean): Maps {
  const labelled = sized(input, across, fit, true);
  return labelled.cell >= SMALLEST_LABELLED ? labelled : sized(input, across, fit, false);
}

function sized(input: MapsInput, across: number, fit: boolean, labels: boolean): Maps {
  const { down, queryRoom, keyRoom } = rooms(input, across, labels);
  const wide =
    (input.width - queryRoom - MAP_GAP * (across - 1) - 2) / across / Math.max(1, input.keys);
  const tall =
    (input.height - (MAP_TITLE + keyRoom) * down - MAP_GAP * (down - 1) - 2) /
    down /
    Math.max(1, input.queries);
  const cell = wholePixels(
    Math.max(1e-3, Math.min(LARGEST_CELL, wide, fit ? tall : wide)),
    input.ratio,
  );
  return placed(input, across, cell, labels);
}

function placed(input: MapsInput, across: number, cell: number, labels: boolean): Maps {
  const { down, queryRoom, keyRoom } = rooms(input, across, labels);
  const [mapWidth, mapHeight] = [cell * input.keys, cell * input.queries];
  const used = queryRoom + across * mapWidth + (across - 1) * MAP_GAP;
  return {
    count: input.maps,
    across,
    queries: input.queries,
    keys: input.keys,
    cell,
    mapWidth,
    mapHeight,
    queryRoom,
    keyRoom,
    left: Math.max(0, Math.floor((input.width - used) / 2)),
    contentWidth: used + 2,
    contentHeight: down * (MAP_TITLE + keyRoom + mapHeight) + (down - 1) * MAP_GAP + 2,
    largest: cell >= wholePixels(LARGEST_CELL, input.ratio),
  };
}

function rooms(
  input: MapsInput,
  across: number,
  labels: boolean,
): { down: number; queryRoom: number; keyRoom: number } {
  return {
    down: Math.ceil(Math.max(1, input.maps) / across),
    queryRoom: labels ? Math.min(LONGEST_LABEL, input.queryLabel) + 8 : 0,
    keyRoom: labels ? Math.min(LONGEST_LABEL, input.keyLabel) + 8 : 0,
  };
}

function wholePixels(size: number, ratio: number): number {
  const pixels = size * ratio;
  return pixels >= 1 ? Math.floor(pixels) / ratio : size;
}

/** Upper left corner of the cells of a map. */
export function mapCorner(maps: Maps, index: number): { readonly x: number; readonly y: number } {
  const row = Math.floor(index / maps.across);
  return {
    x: maps.left + maps.queryRoom + (index % maps.across) * (maps.mapWidth + MAP_GAP),
    y: row * (MAP_TITLE + maps.keyRoom + maps.mapHeight + MAP_GAP) + MAP_TITLE + maps.keyRoom,
  };
}

export interface MapCell {
  readonly map: number;
  readonly query: number;
  readonly key: number;
}

/** The cell at a point of the content, or null beside the maps. */
export function cellAtPoint(maps: Maps, x: number, y: number): MapCell | null {
  for (let map = 0; map < maps.count; map++) {
    const corner = mapCorner(maps, map);
    const [dx, dy] = [x - corner.x, y - corner.y];
    if (dx < 0 || dy < 0 || dx >= maps.mapWidth || dy >= maps.mapHeight) continue;
    return {
      map,
      query: Math.min(maps.queries - 1, Math.floor(dy / maps.cell)),
      key: Math.min(maps.keys - 1, Math.floor(dx / maps.cell)),
    };
  }
  return null;
}

/** How weights become entries of a colour table. */
export interface WeightPaint {
  /** RGBA of 256 strengths. */
  readonly table: Uint8ClampedArray;
  /** The square root of the weight, not the weight. */
  readonly root: boolean;
  /** Smaller weights of a query get the colour of 0. */
  readonly least: (query: number) => number;
}

/**
 * RGBA pixels [rows, columns] of weights [queries, keys]; a pixel that stands for several weights shows the largest of them.
 * A weight of exactly 0, as the mask leaves it, stays transparent; what is not a number has the colour of that.
 */
export function paintWeights(
  weights: Float32Array,
  queries: number,
  keys: number,
  rows: number,
  columns: number,
  paint: WeightPaint,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const words = new Uint32Array(pixels.buffer);
  const colours = new Uint32Array(paint.table.slice().buffer);
  const largest = largestWeights(weights, queries, keys, rows, columns, paint.least);
  for (let at = 0; at < largest.length; at++) {
    const weight = largest[at] ?? 0;
    if (Number.isNaN(weight)) pixels.set([...BROKEN, 255], at * 4);
    if (!(weight > 0)) continue;
    const shown = weight <= FAINT ? 0 : Math.min(1, weight);
    words[at] = colours[Math.round(255 * (paint.root ? Math.sqrt(shown) : shown))] ?? 0;
  }
  return pixels;
}

/** Stands for every weight that is above 0 and not drawn: its colour is that of 0. */
const FAINT = 1e-30;

/** The largest weight of each of [rows, columns] blocks; FAINT where none reaches `least`, not a number where any of them is not. */
export function largestWeights(
  weights: Float32Array,
  queries: number,
  keys: number,
  rows: number,
  columns: number,
  least: (query: number) => number,
): Float32Array {
  const found = new Float32Array(rows * columns);
  const columnOf = Uint32Array.from({ length: keys }, (_, key) =>
    Math.floor((key * columns) / keys),
  );
  for (let query = 0; query < queries; query++) {
    const start = Math.floor((query * rows) / queries) * columns;
    const smallest = least(query);
    for (let key = 0; key < keys; key++) {
      const at = start + (columnOf[key] ?? 0);
      const exact = weights[query * keys + key] ?? 0;
      const weight = exact > 0 && exact < smallest ? FAINT : exact;
      if (weight > (found[at] ?? 0) || Number.isNaN(weight)) found[at] = weight;
    }
  }
  return found;
}
