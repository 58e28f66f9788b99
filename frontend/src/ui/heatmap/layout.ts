/**
 * Heat maps of heads: where they stand, how large their cells and labels are, and the cell under a
 * point. Knows no signal.
 */

/** What there is to arrange, in CSS pixels. */
export interface MapsInput {
  readonly width: number;
  readonly height: number;
  readonly maps: number;
  readonly queries: number;
  readonly keys: number;
  /** Widest label of a query and of a key in `LABEL_FONT`. */
  readonly queryLabel: number;
  readonly keyLabel: number;
  /** There is a line of text above every map. */
  readonly titled: boolean;
  /** Device pixels for each CSS pixel. */
  readonly ratio: number;
  /** How much larger cells are than fits; 1: as fits. */
  readonly zoom: number;
}

/**
 * All maps have the same size. Positions in CSS pixels from the upper left corner of the content,
 * which may be larger than the box.
 */
export interface Maps {
  readonly count: number;
  readonly across: number;
  readonly queries: number;
  readonly keys: number;
  /** Side of a cell: a whole number of device pixels where that costs little, or less than one. */
  readonly cell: number;
  readonly mapWidth: number;
  readonly mapHeight: number;
  /** Size of the labels of every row and column; 0 where they do not fit. */
  readonly font: number;
  /**
   * Room for the labels of queries, left of the first map of every row, and of keys, above every
   * map; 0 where they do not fit.
   */
  readonly queryRoom: number;
  readonly keyRoom: number;
  /** Room for the line of text above every map. */
  readonly title: number;
  readonly left: number;
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** Cells are as large as they get. */
  readonly largest: boolean;
  readonly ratio: number;
}

export const MAP_TITLE = 20;
export const MAP_GAP = 18;
/** The font in which labels are measured. */
export const LABEL_FONT = 12;
/**
 * Fonts of labels and the smallest cells that they fit; the fonts of small ones are for a short
 * glance.
 */
const FONTS: readonly (readonly [font: number, cell: number])[] = [
  [15, 48],
  [LABEL_FONT, 13],
  [11, 11],
  [9, 8],
];
/** Cells smaller than this have no labels. */
export const SMALLEST_LABELLED = 8;
/** Cells at least this large hold their number. */
export const NUMBERED_CELL = 40;
const LARGEST_CELL = { usual: 36, most: 96 };
/** On a large screen the largest cells grow: so many of them go into the shorter side of the box. */
const IN_BOX = 12;
const LEAST_MAP = 150;
const LONGEST_LABEL = 110;
/** The longest label takes no more of the box. */
const LABEL_SHARE = 1 / 3;
/**
 * Room for numbers of positions, where labels do not fit and there is one map alone: above it, and
 * for each digit beside it.
 */
const TICKS = { above: 16, digit: 6 };

function largestCell({ width, height }: MapsInput): number {
  const { usual, most } = LARGEST_CELL;
  return Math.max(usual, Math.min(most, Math.min(width, height) / IN_BOX));
}

/**
 * The arrangement with the largest cells; where maps would become smaller than `LEAST_MAP`, fewer
 * stand side by side and the content scrolls.
 */
export function arrangeMaps(input: MapsInput): Maps {
  const fitted = fittedMaps(input);
  if (input.zoom <= 1) return fitted;
  const cell = wholePixels(Math.min(largestCell(input), fitted.cell * input.zoom), input.ratio);
  return placed(input, fitted.across, cell, fontOf(cell));
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
    largestCell(input) * Math.max(input.queries, input.keys),
    input.width,
  );
  if (Math.max(whole.mapWidth, whole.mapHeight) >= least) return whole;
  const across = Math.max(
    1,
    Math.min(input.maps, Math.floor((input.width + MAP_GAP) / (LEAST_MAP + MAP_GAP))),
  );
  return mapsOf(input, across, false);
}

/** With the largest labels that fit beside the cells that they leave room for. */
function mapsOf(input: MapsInput, across: number, fit: boolean): Maps {
  for (const [font, smallest] of FONTS) {
    const labelled = sized(input, across, fit, font);
    if (labelled.cell >= smallest) return labelled;
  }
  return sized(input, across, fit, 0);
}

function fontOf(cell: number): number {
  return FONTS.find(([, smallest]) => cell >= smallest)?.[0] ?? 0;
}

function sized(input: MapsInput, across: number, fit: boolean, font: number): Maps {
  const { down, queryRoom, keyRoom, title } = rooms(input, across, font);
  const wide =
    (input.width - queryRoom - MAP_GAP * (across - 1) - 2) / across / Math.max(1, input.keys);
  const tall =
    (input.height - (title + keyRoom) * down - MAP_GAP * (down - 1) - 2) /
    down /
    Math.max(1, input.queries);
  const cell = wholePixels(
    Math.max(1e-3, Math.min(largestCell(input), wide, fit ? tall : wide)),
    input.ratio,
  );
  return placed(input, across, cell, font);
}

function placed(input: MapsInput, across: number, cell: number, font: number): Maps {
  const { down, queryRoom, keyRoom, title } = rooms(input, across, font);
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
    font,
    queryRoom,
    keyRoom,
    title,
    left: Math.max(0, Math.floor((input.width - used) / 2)),
    contentWidth: used + 2,
    contentHeight: down * (title + keyRoom + mapHeight) + (down - 1) * MAP_GAP + 2,
    largest: cell >= wholePixels(largestCell(input), input.ratio),
    ratio: input.ratio,
  };
}

function rooms(
  input: MapsInput,
  across: number,
  font: number,
): { down: number; queryRoom: number; keyRoom: number; title: number } {
  const longest = Math.min(LONGEST_LABEL, input.width * LABEL_SHARE);
  const room = (label: number): number => (Math.min(longest, label) * font) / LABEL_FONT + 8;
  const ticked = input.maps === 1;
  const digits = String(Math.max(1, input.queries)).length;
  return {
    down: Math.ceil(Math.max(1, input.maps) / across),
    queryRoom: font > 0 ? room(input.queryLabel) : ticked ? TICKS.digit * digits + 8 : 0,
    keyRoom: font > 0 ? room(input.keyLabel) : ticked ? TICKS.above : 0,
    title: input.titled ? MAP_TITLE : 0,
  };
}

/** Whole device pixels, where cells keep so much of their size; else some are a pixel wider. */
const WHOLE = 0.85;

function wholePixels(size: number, ratio: number): number {
  const pixels = size * ratio;
  return Math.floor(pixels) >= WHOLE * pixels ? Math.floor(pixels) / ratio : size;
}

/** Upper left corner of the cells of a map. */
export function mapCorner(maps: Maps, index: number): { readonly x: number; readonly y: number } {
  const row = Math.floor(index / maps.across);
  const above = maps.title + maps.keyRoom;
  return {
    x: maps.left + maps.queryRoom + (index % maps.across) * (maps.mapWidth + MAP_GAP),
    y: row * (above + maps.mapHeight + MAP_GAP) + above,
  };
}

export interface MapCell {
  readonly map: number;
  readonly query: number;
  readonly key: number;
}

/** The cell at a point of the content, or null beside the maps. */
export function cellAtPoint(maps: Maps, x: number, y: number): MapCell | null {
  const at = pixelAtPoint(maps, [maps.queries, maps.keys], x, y);
  return at && { map: at.map, query: at.row, key: at.column };
}

/**
 * Where a point of the content is in the picture of a map that is stretched over it, or null beside
 * the maps.
 */
export function pixelAtPoint(
  maps: Maps,
  [rows, columns]: readonly [rows: number, columns: number],
  x: number,
  y: number,
): { readonly map: number; readonly row: number; readonly column: number } | null {
  for (let map = 0; map < maps.count; map++) {
    const corner = mapCorner(maps, map);
    const [dx, dy] = [x - corner.x, y - corner.y];
    if (dx < 0 || dy < 0 || dx >= maps.mapWidth || dy >= maps.mapHeight) continue;
    return {
      map,
      row: Math.min(rows - 1, Math.floor((dy / maps.mapHeight) * rows)),
      column: Math.min(columns - 1, Math.floor((dx / maps.mapWidth) * columns)),
    };
  }
  return null;
}

/**
 * [rows, columns] of the picture of a map: a pixel for each cell, or for each device pixel where
 * cells are smaller.
 */
export function pictureSize(
  maps: Maps,
  { queries, keys }: { readonly queries: number; readonly keys: number },
): readonly [rows: number, columns: number] {
  const fits = (cells: number, size: number): number =>
    Math.max(1, Math.min(cells, Math.round(size * maps.ratio)));
  return [fits(queries, maps.mapHeight), fits(keys, maps.mapWidth)];
}

/** Positions that get a number where labels do not fit: about five, at a round distance. */
export function ticks(count: number): number[] {
  const rough = Math.max(1, count / 5);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
}

/** Cells of a map that begins at `start` which can be seen in a box of that size. */
export function* inView(
  count: number,
  cell: number,
  start: number,
  size: number,
): Generator<number> {
  const end = Math.min(count, Math.ceil((size - start) / cell));
  for (let index = Math.max(0, Math.floor(-start / cell)); index < end; index++) yield index;
}
