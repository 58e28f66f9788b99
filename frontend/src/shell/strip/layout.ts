/** Where the words of the strip stand, and the marks between them. Numbers in, boxes out. */

import { layText, type TextToken } from "../../ui/running_text";
import type { PatchGrid } from "./patches";

/** In CSS pixels from the upper left corner of the text. */
export interface Boxes {
  readonly left: Float32Array;
  readonly top: Float32Array;
  readonly width: Float32Array;
  readonly height: Float32Array;
  /** Boxes of the marks, in their order. */
  readonly marks: readonly { readonly left: number; readonly top: number }[];
  /** Size of everything. */
  readonly whole: { readonly width: number; readonly height: number };
}

export interface Measured {
  readonly tokens: readonly TextToken[];
  /** Before which token each mark stands, ascending, and how wide it is. */
  readonly marks: readonly { readonly at: number; readonly width: number }[];
  readonly lineHeight: number;
  /** Height of a word. */
  readonly height: number;
}

/** Room before and behind a mark. */
const AROUND_MARK = 5;

/** The words one after the other. `room`: width of a line; null: all of them on one line. */
export function layWords(measured: Measured, room: number | null): Boxes {
  const { tokens, marks, lineHeight, height } = measured;
  const before = new Map(marks.map((mark) => [mark.at, mark]));
  const pieces: TextToken[] = [];
  const tokenPieces = new Uint32Array(tokens.length);
  const markPieces: number[] = [];
  tokens.forEach((token, at) => {
    const mark = before.get(at);
    if (mark) {
      markPieces.push(pieces.length);
      pieces.push({ width: mark.width, gap: AROUND_MARK, breaks: false, direction: null });
    }
    tokenPieces[at] = pieces.length;
    const gap = mark ? Math.max(AROUND_MARK, token.gap) : token.gap;
    pieces.push({ ...token, gap, breaks: room !== null && token.breaks });
  });
  const line = pieces.reduce((sum, { width, gap }) => sum + width + gap, 0);
  const laid = layText(pieces, room ?? Math.max(1, line));
  const topOf = (piece: number): number =>
    (laid.line[piece] ?? 0) * lineHeight + (lineHeight - height) / 2;
  const of = (from: Float32Array): Float32Array =>
    Float32Array.from(tokenPieces, (piece) => from[piece] ?? 0);
  const [left, width] = [of(laid.left), of(laid.width)];
  return {
    left,
    width,
    top: Float32Array.from(tokenPieces, topOf),
    height: new Float32Array(tokens.length).fill(height),
    marks: markPieces.map((piece) => ({ left: laid.left[piece] ?? 0, top: topOf(piece) })),
    whole: {
      width: laid.left.reduce((most, x, piece) => Math.max(most, x + (laid.width[piece] ?? 0)), 0),
      height: Math.max(1, laid.lines) * lineHeight,
    },
  };
}

/** Smallest and largest side of a patch, and the room between a word and the picture. */
const SIDES = { least: 4, most: 22 };
const BESIDE = 10;

/** The patches as a grid at most `tall` pixels high; words before and behind it on its sides. */
export function layPatches(measured: Measured, grid: PatchGrid, tall: number): Boxes {
  const { tokens, lineHeight, height } = measured;
  const { rows, columns, first } = grid;
  const side = Math.max(SIDES.least, Math.min(SIDES.most, Math.floor(tall / rows)));
  const all = (): Float32Array => new Float32Array(tokens.length);
  const [left, top, widths, heights] = [all(), all(), all(), all()];
  let x = 0;
  tokens.forEach(({ width, gap }, at) => {
    const patch = at - first;
    if (patch >= 0 && patch < rows * columns) {
      if (patch === 0 && at > 0) x += BESIDE;
      left[at] = x + (patch % columns) * side;
      top[at] = Math.floor(patch / columns) * side;
      widths[at] = side;
      heights[at] = side;
      if (patch === rows * columns - 1) x += columns * side + BESIDE;
      return;
    }
    left[at] = x + gap;
    top[at] = (lineHeight - height) / 2;
    widths[at] = width;
    heights[at] = height;
    x += gap + width;
  });
  return {
    left,
    top,
    width: widths,
    height: heights,
    marks: [],
    whole: { width: x, height: Math.max(lineHeight, rows * side + 1) },
  };
}

/** Tokens of which something is within a part of the text. */
export function tokensIn(
  { left, top, width, height }: Boxes,
  part: { readonly left: number; readonly top: number; readonly width: number; height: number },
): readonly number[] {
  const seen: number[] = [];
  for (let at = 0; at < left.length; at++) {
    const [x, y] = [left[at] ?? 0, top[at] ?? 0];
    if (
      x < part.left + part.width &&
      x + (width[at] ?? 0) > part.left &&
      y < part.top + part.height &&
      y + (height[at] ?? 0) > part.top
    )
      seen.push(at);
  }
  return seen;
}

/**
 * The token of the next line up (-1) or down (+1), nearest to the middle of token `from`; `from`
 * where there is none.
 */
export function tokenBeyond({ left, top, width }: Boxes, from: number, way: 1 | -1): number {
  const middle = (left[from] ?? 0) + (width[from] ?? 0) / 2;
  const height = top[from] ?? 0;
  let [found, best, line] = [from, Number.POSITIVE_INFINITY, Number.NaN];
  for (let at = from + way; at >= 0 && at < left.length; at += way) {
    const y = top[at] ?? 0;
    if ((y - height) * way <= 0.5) continue;
    if (Number.isNaN(line)) line = y;
    if (Math.abs(y - line) > 0.5) break;
    const distance = Math.abs((left[at] ?? 0) + (width[at] ?? 0) / 2 - middle);
    if (distance < best) [found, best] = [at, distance];
  }
  return found;
}
