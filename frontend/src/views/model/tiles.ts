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
}

/** Pixels between two strokes over masked cells. */
const HATCH = 4;

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
  across: readonly Cover[],
  columns: number,
  table: Uint8ClampedArray,
  mask: TileMask | null = null,
): void {
  for (let y = 0; y < tile.height; y++) {
    const rows = down[y];
    if (!rows) continue;
    for (let x = 0; x < tile.width; x++) {
      const cover = across[x];
      if (!cover) continue;
      let value = 0;
      let masked = mask !== null;
      for (let r = 0; r < rows.shares.length; r++) {
        const at = (rows.first + r) * columns + cover.first;
        const share = rows.shares[r] ?? 0;
        for (let c = 0; c < cover.shares.length; c++) {
          value += (values[at + c] ?? 0) * share * (cover.shares[c] ?? 0);
          masked &&= mask?.cells[at + c] === 1;
        }
      }
      const from = 4 * Math.round(value);
      const to = 4 * ((tile.top + y) * stride + tile.left + x);
      const ground = ((x + y) % HATCH === 0 ? mask?.hatch : null) ?? mask?.colour;
      pixels[to] = (masked ? ground?.[0] : table[from]) ?? 0;
      pixels[to + 1] = (masked ? ground?.[1] : table[from + 1]) ?? 0;
      pixels[to + 2] = (masked ? ground?.[2] : table[from + 2]) ?? 0;
      pixels[to + 3] = 255;
    }
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
