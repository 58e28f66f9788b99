/** Thumbnails of a layer as one image, made when the layer first comes into view and kept while nothing changes. */

import type { Thumbnails } from "../../types";
import { thumbnailOf } from "./bins";
import { type Cover, covers, paintTile } from "./tiles";

export class LayerImages {
  private readonly made = new Map<number, OffscreenCanvas>();
  private readonly cell: number;
  private readonly pitch: number;
  private readonly down: readonly Cover[];
  private readonly across: readonly Cover[];

  /** cell, pitch: in device pixels. table: RGBA of the 256 values. heads: how many the layer of a row has. */
  constructor(
    private readonly thumbnails: Thumbnails,
    cell: number,
    pitch: number,
    private readonly table: Uint8ClampedArray,
    private readonly heads: (row: number) => number,
  ) {
    this.cell = Math.max(1, Math.round(cell));
    this.pitch = Math.max(this.cell, Math.round(pitch));
    this.down = covers(thumbnails.rows, this.cell);
    this.across = covers(thumbnails.columns, this.cell);
  }

  /** All heads of one layer side by side, transparent between them. */
  row(row: number): OffscreenCanvas {
    const known = this.made.get(row);
    if (known) return known;
    const image = this.make(row);
    this.made.set(row, image);
    return image;
  }

  private make(row: number): OffscreenCanvas {
    const { thumbnails, cell, pitch } = this;
    const width = Math.max(1, thumbnails.heads * pitch);
    const pixels = new Uint8ClampedArray(width * cell * 4);
    for (let head = 0; head < Math.min(thumbnails.heads, this.heads(row)); head++) {
      const tile = { left: head * pitch, width: cell, height: cell };
      const values = thumbnailOf(thumbnails, row, head);
      paintTile(pixels, width, tile, values, this.down, this.across, thumbnails.columns, this.table);
    }
    const image = new OffscreenCanvas(width, cell);
    image.getContext("2d")?.putImageData(new ImageData(pixels, width, cell), 0, 0);
    return image;
  }
}
