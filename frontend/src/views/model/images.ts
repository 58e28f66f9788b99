/**
 * Thumbnails as images, a strip for each layer; each cell is made when it first comes into view,
 * and kept while nothing changes.
 */

import type { Thumbnails } from "../../types";
import type { Place } from "./arrange";
import { thumbnailOf } from "./bins";
import { drawLines, levelsOf } from "./cell_lines";
import { type Cover, covers, dividedCovers, fillBox, paintTile, type TileMask } from "./tiles";

/** How cells look; sizes in device pixels. */
export interface CellStyle {
  readonly width: number;
  readonly height: number;
  /** Width of the line about a cell, drawn outside of it. */
  readonly line: number;
  /** [r, g, b] of that line, and of the one between two halves. */
  readonly border: readonly [number, number, number];
  /** A's columns and B's are two halves. */
  readonly divided: boolean;
  /** RGBA of the 256 values of a thumbnail. */
  readonly table: Uint8ClampedArray;
  /** The value that stands for nothing: the ground of lines. */
  readonly zero: number;
  /** What is masked in the heat maps of a layer, by its row; null: nothing. */
  readonly mask: (row: number) => TileMask | null;
  /** Lines instead of a heat map, one set over the other. */
  readonly lines: readonly LineStyle[] | null;
}

export interface LineStyle {
  /** Opacity 0..1 of the 256 values of a thumbnail. */
  readonly alphas: Float32Array;
  readonly colour: (head: number) => string;
  /** The half of the cell, and of its columns, that they fill; null: all of it. */
  readonly half: 0 | 1 | null;
}

/** Where the image of a cell, with its line, stands in the strip of its layer. */
export interface Piece {
  readonly strip: OffscreenCanvas;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

type Context = OffscreenCanvasRenderingContext2D;

export class CellImages {
  private readonly strips = new Map<number, OffscreenCanvas>();
  private readonly masks = new Map<number, TileMask | null>();
  private readonly made = new Set<string>();
  private readonly down: readonly Cover[];
  private readonly across: readonly (Cover | null)[];
  /** Of the image of a cell, with its line. */
  private readonly width: number;
  private readonly height: number;

  constructor(
    private readonly thumbnails: Thumbnails,
    private readonly style: CellStyle,
  ) {
    this.down = covers(thumbnails.rows, style.height);
    this.across = style.divided
      ? dividedCovers(thumbnails.columns, style.width, style.line)
      : covers(thumbnails.columns, style.width);
    this.width = style.width + 2 * style.line;
    this.height = style.height + 2 * style.line;
  }

  isMade(place: Place): boolean {
    return this.made.has(`${place.row} ${place.head}`);
  }

  /** The image of a cell, which is made now if it has to be. */
  piece(place: Place): Piece {
    const strip = this.strip(place.row);
    const { width, height } = this;
    const piece = { strip, left: place.head * width, width, height };
    const context = strip.getContext("2d");
    if (!this.isMade(place) && context) this.make(context, piece, place);
    this.made.add(`${place.row} ${place.head}`);
    return piece;
  }

  private strip(row: number): OffscreenCanvas {
    const known =
      this.strips.get(row) ??
      new OffscreenCanvas(Math.max(1, this.thumbnails.heads * this.width), this.height);
    this.strips.set(row, known);
    return known;
  }

  private mask(row: number): TileMask | null {
    const known = this.masks.get(row);
    if (known !== undefined) return known;
    const made = this.style.mask(row);
    this.masks.set(row, made);
    return made;
  }

  private make(context: Context, piece: Piece, { row, head }: Place): void {
    const { thumbnails, style, width: wide, height: high } = this;
    const values = thumbnailOf(thumbnails, row, head);
    const pixels = new Uint8ClampedArray(wide * high * 4);
    fillBox(pixels, wide, { left: 0, top: 0, width: wide, height: high }, style.border);
    const tile = { left: style.line, top: style.line, width: style.width, height: style.height };
    if (style.lines) {
      fillBox(pixels, wide, tile, colourOf(style.table, style.zero));
      const middle = tile.left + Math.floor(style.width / 2) - style.line;
      if (style.divided)
        fillBox(pixels, wide, { ...tile, left: middle, width: style.line }, style.border);
    } else {
      const all = thumbnails.columns;
      const mask = this.mask(row);
      paintTile(pixels, wide, tile, values, this.down, this.across, all, style.table, mask);
    }
    context.putImageData(new ImageData(pixels, wide, high), piece.left, 0);
    for (const lines of style.lines ?? []) {
      const [from, columns] = halfOf(lines.half, thumbnails.columns);
      const width = (style.width * columns) / thumbnails.columns;
      const start = piece.left + style.line + (style.width * from) / thumbnails.columns;
      const box = { left: start, top: style.line, width, height: style.height };
      const shown = columnsOf(values, thumbnails.columns, from, columns);
      drawLines(
        context,
        { ...box, rows: thumbnails.rows, columns },
        levelsOf(shown, lines.alphas),
        lines.colour(head),
      );
    }
  }
}

/** [r, g, b] of a value of a thumbnail. */
function colourOf(table: Uint8ClampedArray, value: number): readonly [number, number, number] {
  const at = 4 * value;
  return [table[at] ?? 0, table[at + 1] ?? 0, table[at + 2] ?? 0];
}

/** First column of a half, and how many it has. */
function halfOf(half: 0 | 1 | null, columns: number): readonly [number, number] {
  return half === null ? [0, columns] : [(half * columns) / 2, columns / 2];
}

/** Some columns of values in rows of `all`. */
function columnsOf(values: Uint8Array, all: number, from: number, columns: number): Uint8Array {
  if (columns === all) return values;
  return values.filter((_, at) => at % all >= from && at % all < from + columns);
}
