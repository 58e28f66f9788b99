/**
 * Signed vectors as strips of coloured cells and signed bars: numbers in, pixels out. Knows no
 * signal and no view.
 */

/** How signed values become colours: `limit` and beyond take the full colour, 0 the neutral one. */
export interface SignedScale {
  readonly limit: number;
  /** Whether finite values lie beyond the limit. */
  readonly cut: boolean;
}

/** Colour of values that are not finite, on both themes: neither blue nor orange. */
export const BROKEN: readonly [number, number, number] = [201, 43, 164];

const KEPT = 0.99;
const OUTLIER = 3;
const SAMPLES = 50_000;

/**
 * The scale for many values. Where a few outliers would leave the rest colourless (the largest is
 * over three times the 99 % quantile), the scale ends at the quantile and says that it is cut.
 * Values that are not finite take no part.
 */
export function signedScale(values: ArrayLike<number>): SignedScale {
  const every = Math.max(1, Math.floor(values.length / SAMPLES));
  const sizes: number[] = [];
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at] ?? 0);
    if (!Number.isFinite(size)) continue;
    if (size > largest) largest = size;
    if (at % every === 0) sizes.push(size);
  }
  if (largest === 0) return { limit: 1, cut: false };
  sizes.sort((a, b) => a - b);
  const quantile = sizes[Math.floor((sizes.length - 1) * KEPT)] ?? largest;
  const cut = quantile > 0 && largest > OUTLIER * quantile;
  return { limit: cut ? quantile : largest, cut };
}

/** Entry 0..255 of a diverging table (128 is zero), or -1 where the value is not finite. */
export function signedEntry(value: number, scale: SignedScale): number {
  if (!Number.isFinite(value)) return -1;
  const size = Math.min(1, Math.abs(value) / scale.limit);
  return value < 0 ? Math.round(128 - 128 * size) : Math.round(128 + 127 * size);
}

/**
 * Paints values [rows, columns] as RGBA pixels of the same shape. `order` names the column that
 * stands at each place; `shown` may leave rows out, which stay transparent.
 */
export function paintSigned(
  values: Float32Array,
  columns: number,
  order: ArrayLike<number>,
  scale: SignedScale,
  table: Uint8ClampedArray,
  shown?: (row: number) => boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const rows = columns === 0 ? 0 : Math.floor(values.length / columns);
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  for (let row = 0; row < rows; row++) {
    if (shown !== undefined && !shown(row)) continue;
    for (let place = 0; place < columns; place++) {
      const entry = signedEntry(
        values[row * columns + (order[place] ?? place)] ?? Number.NaN,
        scale,
      );
      const at = (row * columns + place) * 4;
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] =
          entry < 0 ? (BROKEN[channel] ?? 0) : (table[entry * 4 + channel] ?? 0);
      }
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** Whether any value is NaN or infinite. */
export function anyBroken(values: ArrayLike<number>): boolean {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at])) return true;
  return false;
}

/**
 * Left edge and width of a bar that stands for a signed value about the middle of [left, left +
 * width].
 */
export function signedBar(
  value: number,
  limit: number,
  left: number,
  width: number,
): { left: number; width: number } {
  const middle = left + width / 2;
  const size = barShare(Math.abs(value), limit) * (width / 2);
  return value < 0 ? { left: middle - size, width: size } : { left: middle, width: size };
}

/** Share 0..1 of a bar's room; infinite fills it, NaN takes none. */
export function barShare(value: number, limit: number): number {
  if (Number.isNaN(value) || limit <= 0) return 0;
  return Math.min(1, Math.max(0, value / limit));
}

/**
 * Width of a strip of `cells` in `room` CSS pixels: a whole number of device pixels for each cell
 * where that wastes little, otherwise the whole room. Never narrower than one CSS pixel a cell.
 */
export function stripWidth(cells: number, room: number, ratio: number): number {
  if (cells === 0) return 0;
  const wanted = Math.max(room, cells);
  const each = Math.floor((wanted * ratio) / cells);
  const whole = (each * cells) / ratio;
  return each >= 1 && whole >= wanted * 0.85 ? whole : wanted;
}

/** Index of the cell under `x`, or null outside the strip. */
export function cellAt(x: number, left: number, width: number, cells: number): number | null {
  if (cells === 0 || x < left || x >= left + width) return null;
  return Math.min(cells - 1, Math.floor(((x - left) / width) * cells));
}

/** A ramp of a table's 256 colours, as the key to a scale. */
export function drawRamp(
  context: CanvasRenderingContext2D,
  table: Uint8ClampedArray,
  box: DOMRectReadOnly,
): void {
  const steps = Math.max(1, Math.round(box.width));
  for (let at = 0; at < steps; at++) {
    const entry = 4 * Math.round((255 * at) / Math.max(1, steps - 1));
    context.fillStyle = `rgb(${table[entry]} ${table[entry + 1]} ${table[entry + 2]})`;
    context.fillRect(box.x + at, box.y, 1.5, box.height);
  }
}
