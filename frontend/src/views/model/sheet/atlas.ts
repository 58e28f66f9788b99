/**
 * Thumbnails as images of one pixel a cell, a strip for each layer: they are stretched to any size,
 * so that neither zoom nor scrolling makes any anew. A layer is made when it first comes into sight.
 */

import type { Thumbnails } from "../../../types";
import { thumbnailOf } from "../bins";

/** Masked cells: 1 in `cells` [rows, columns]. */
export interface AtlasMask {
  readonly cells: Uint8Array;
  /** What they are painted with; null: they are transparent. */
  readonly colour: readonly [number, number, number] | null;
}

export class Atlas {
  private readonly strips = new Map<number, OffscreenCanvas>();
  private readonly colours: Uint32Array;

  /** `table`: RGBA of the 256 values. `mask`: what is masked in the heads of a row of layers. */
  constructor(
    readonly thumbnails: Thumbnails,
    table: Uint8ClampedArray,
    private readonly mask: (row: number) => AtlasMask | null,
  ) {
    this.colours = new Uint32Array(table.slice().buffer);
  }

  /** The strip of a row of layers; head h begins at h * columns. */
  strip(row: number): OffscreenCanvas {
    const known = this.strips.get(row);
    if (known) return known;
    const made = this.make(row);
    this.strips.set(row, made);
    return made;
  }

  private make(row: number): OffscreenCanvas {
    const { heads, rows, columns } = this.thumbnails;
    const canvas = new OffscreenCanvas(Math.max(1, heads * columns), Math.max(1, rows));
    const image = new ImageData(canvas.width, canvas.height);
    const pixels = new Uint32Array(image.data.buffer);
    const mask = this.mask(row);
    const rgba = mask?.colour ? [...mask.colour, 255] : [0, 0, 0, 0];
    const [hidden] = new Uint32Array(Uint8ClampedArray.from(rgba).buffer);
    for (let head = 0; head < heads; head++) {
      const values = thumbnailOf(this.thumbnails, row, head);
      for (let at = 0; at < values.length; at++) {
        const y = Math.floor(at / columns);
        const to = y * canvas.width + head * columns + at - y * columns;
        pixels[to] = (mask?.cells[at] === 1 ? hidden : this.colours[values[at] ?? 0]) ?? 0;
      }
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    return canvas;
  }
}
