/** Thumbnails of a layer as one image, made when the layer first comes into view and kept while nothing changes. */

import type { Thumbnails } from "../../types";
import { thumbnailOf } from "./bins";
import { type Cover, covers, fillBox, paintTile } from "./tiles";

/** How cells look; sizes in device pixels. */
export interface CellStyle {
  readonly cell: number;
  readonly pitch: number;
  /** Width of the line about a cell, drawn outside of it. */
  readonly line: number;
  /** [r, g, b] of that line. */
  readonly border: readonly [number, number, number];
  /** RGBA of the 256 values of a thumbnail. */
  readonly table: Uint8ClampedArray;
}

export class LayerImages {
  private readonly made = new Map<number, OffscreenCanvas>();
  private readonly down: readonly Cover[];
  private readonly across: readonly Cover[];

  /** heads: how many heads the layer in a row has. */
  constructor(
    private readonly thumbnails: Thumbnails,
    private readonly style: CellStyle,
    private readonly heads: (row: number) => number,
  ) {
    this.down = covers(thumbnails.rows, style.cell);
    this.across = covers(thumbnails.columns, style.cell);
  }

  /** All heads of one layer side by side, transparent between them; the first cell stands `line` pixels from left and top. */
  row(row: number): OffscreenCanvas {
    const known = this.made.get(row);
    if (known) return known;
    const image = this.make(row);
    this.made.set(row, image);
    return image;
  }

  private make(row: number): OffscreenCanvas {
    const { thumbnails, style } = this;
    const { cell, line } = style;
    const outer = cell + 2 * line;
    const width = Math.max(1, thumbnails.heads * style.pitch + outer);
    const pixels = new Uint8ClampedArray(width * outer * 4);
    for (let head = 0; head < Math.min(thumbnails.heads, this.heads(row)); head++) {
      const left = head * style.pitch;
      fillBox(pixels, width, { left, top: 0, width: outer, height: outer }, style.border);
      const tile = { left: left + line, top: line, width: cell, height: cell };
      const values = thumbnailOf(thumbnails, row, head);
      paintTile(pixels, width, tile, values, this.down, this.across, thumbnails.columns, style.table);
    }
    const image = new OffscreenCanvas(width, outer);
    image.getContext("2d")?.putImageData(new ImageData(pixels, width, outer), 0, 0);
    return image;
  }
}
