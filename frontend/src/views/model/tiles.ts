/**
 * Thumbnails as pixels: resampled by area to the size on the screen, coloured by a table of 256
 * entries.
 */

/**
 * Which source cells one target pixel covers, and by how much; the shares of a pixel add up to 1.
 */
export interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

/** Covers of `pixels` target pixels over `cells` source cells. */
export function covers(cells: number, pixels: number): Cover[] {
  const step = cells / pixels;
  return Array.from({ length: pixels }, (_, pixel) => {
    const start = pixel * step;
    const end = Math.min(cells, start + step);
    const first = Math.min(cells - 1, Math.floor(start + 1e-9));
    const last = Math.max(first, Math.ceil(end - 1e-9) - 1);
    const shares = Array.from({ length: last - first + 1 }, (_, at) => {
      const cell = first + at;
      return Math.max(0, (Math.min(end, cell + 1) - Math.max(start, cell)) / step);
    });
    return { first, shares };
  });
}

/**
 * The same in two halves, A's and B's: the last `line` pixels of the first one cover nothing, so that
 * what is under the tile divides them.
 */
export function dividedCovers(cells: number, pixels: number, line: number): (Cover | null)[] {
  const middle = Math.floor(pixels / 2);
  return covers(cells, pixels).map((each, x) => (x >= middle - line && x < middle ? null : each));
}

/** Where one tile stands in the pixels of a row of tiles. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Cells that hold no weight: 1 in `cells` [rows, columns]; a pixel that covers no other cell gets
 * the colour.
 */
export interface TileMask {
  readonly cells: Uint8Array;
  readonly colour: readonly [number, number, number];
  /** Of slanting strokes over them; null: there are none. */
  readonly hatch: readonly [number, number, number] | null;
  /** Width of a stroke in pixels: a figure has several for each of the screen. */
  readonly stroke: number;
}

/** Widths of a stroke from one to the next over masked cells. */
const HATCH = 6;

/**
 * Paints values uint8 [rows, columns] into RGBA `pixels`, whose rows are `stride` pixels long.
 * `table` holds the RGBA colour of each of the 256 values.
 */
export function paintTile(
  pixels: Uint8ClampedArray,
  stride: number,
  tile: Tile,
  values: Uint8Array,
  down: readonly Cover[],
  across: readonly (Cover | null)[],
  columns: number,
  table: Uint8ClampedArray,
  mask: TileMask | null = null,
): void {
  // First downwards, a row of pixels at a time, then across: so each value is read once for a row.
  const sums = new Float64Array(columns);
  const hidden = new Uint8Array(columns);
  for (let y = 0; y < tile.height; y++) {
    const rows = down[y];
    if (!rows) continue;
    sumDown(sums, values, rows);
    if (mask) hideDown(hidden, mask.cells, rows);
    for (let x = 0; x < tile.width; x++) {
      const cover = across[x];
      if (!cover) continue;
      const { first, shares } = cover;
      let value = 0;
      let masked = mask !== null;
      for (let c = 0; c < shares.length; c++) {
        value += (sums[first + c] ?? 0) * (shares[c] ?? 0);
        masked &&= hidden[first + c] === 1;
      }
      const to = 4 * ((tile.top + y) * stride + tile.left + x);
      if (masked && mask) {
        const isStroke = Math.floor((x + y) / mask.stroke) % HATCH === 0;
        const ground = isStroke && mask.hatch ? mask.hatch : mask.colour;
        pixels[to] = ground[0];
        pixels[to + 1] = ground[1];
        pixels[to + 2] = ground[2];
      } else {
        const from = 4 * Math.round(value);
        pixels[to] = table[from] ?? 0;
        pixels[to + 1] = table[from + 1] ?? 0;
        pixels[to + 2] = table[from + 2] ?? 0;
      }
      pixels[to + 3] = 255;
    }
  }
}

/** Of each column the mean over the rows that a pixel covers. */
function sumDown(sums: Float64Array, values: Uint8Array, { first, shares }: Cover): void {
  const columns = sums.length;
  sums.fill(0);
  for (let r = 0; r < shares.length; r++) {
    const share = shares[r] ?? 0;
    const start = (first + r) * columns;
    for (let c = 0; c < columns; c++) sums[c] = (sums[c] ?? 0) + (values[start + c] ?? 0) * share;
  }
}

/** Of each column whether all rows that a pixel covers are masked: 1. */
function hideDown(hidden: Uint8Array, cells: Uint8Array, { first, shares }: Cover): void {
  const columns = hidden.length;
  hidden.fill(1);
  for (let r = 0; r < shares.length; r++) {
    const start = (first + r) * columns;
    for (let c = 0; c < columns; c++) hidden[c] = (hidden[c] ?? 0) & (cells[start + c] ?? 0);
  }
}

/** Fills a box with one colour. */
export function fillBox(
  pixels: Uint8ClampedArray,
  stride: number,
  box: Tile,
  colour: readonly [number, number, number],
): void {
  for (let y = box.top; y < box.top + box.height; y++) {
    for (let x = box.left; x < box.left + box.width; x++) {
      const at = 4 * (y * stride + x);
      pixels[at] = colour[0];
      pixels[at + 1] = colour[1];
      pixels[at + 2] = colour[2];
      pixels[at + 3] = 255;
    }
  }
}

/**
 * RGBA of the 256 values of a thumbnail, 255 * sqrt(mass): `strength` says how strongly a mass is
 * drawn, `ramp` in which colour.
 */
export function thumbnailTable(
  ramp: Uint8ClampedArray,
  strength: (mass: number) => number,
): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4);
  for (let value = 0; value < 256; value++) {
    const entry = 4 * Math.round(255 * strength((value / 255) ** 2));
    table.set(ramp.subarray(entry, entry + 4), 4 * value);
  }
  return table;
}
