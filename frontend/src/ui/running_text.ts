/**
 * Where the tokens of a passage stand as running text: lines of boxes, from the widths of tokens.
 */

/** Boxes of all tokens, in CSS pixels from the upper left corner of the passage. */
export interface TextLayout {
  readonly left: Float32Array;
  readonly width: Float32Array;
  /** Line of each token; ascending. */
  readonly line: Uint32Array;
  readonly lines: number;
}

export interface TextToken {
  readonly width: number;
  /** Space before the token, unless it begins a line. */
  readonly gap: number;
  /** The next token begins a line. */
  readonly breaks: boolean;
  readonly direction: Direction;
}

/** The way a token is read; null where it follows its neighbours, as punctuation does. */
export type Direction = "left" | "right" | null;

const FROM_THE_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** "left": from the right to the left. */
export function directionOf(text: string): Direction {
  if (FROM_THE_RIGHT.test(text)) return "left";
  return /[\p{L}\p{N}]/u.test(text) ? "right" : null;
}

/**
 * A word that is longer than this share of a line is parted at its end, as text without spaces is.
 */
const LONGEST_WORD = 1 / 3;

/**
 * Fills lines of width `room`; the pieces of a word, and the punctuation behind it, stay together.
 * A token that is wider than a line gets one of its own and is cut there.
 */
export function layText(tokens: readonly TextToken[], room: number): TextLayout {
  const left = new Float32Array(tokens.length);
  const width = new Float32Array(tokens.length);
  const line = new Uint32Array(tokens.length);
  let [x, row, word] = [0, 0, 0];
  tokens.forEach((token, index) => {
    const taken = Math.min(token.width, room);
    if (x === 0 || token.gap > 0) word = index;
    if (x > 0 && x + token.gap + taken > room) {
      row++;
      const begun = left[word] ?? 0;
      const stays = word < index && begun > 0 && x - begun + taken <= room * LONGEST_WORD;
      for (let piece = stays ? word : index; piece < index; piece++) {
        left[piece] = (left[piece] ?? 0) - begun;
        line[piece] = row;
      }
      x = stays ? x - begun : 0;
    }
    const start = x > 0 ? x + token.gap : 0;
    left[index] = start;
    width[index] = taken;
    line[index] = row;
    x = start + taken;
    if (token.breaks) [x, row] = [0, row + 1];
  });
  const layout = {
    left,
    width,
    line,
    lines: tokens.length === 0 ? 0 : (line[tokens.length - 1] ?? 0) + 1,
  };
  if (tokens.some(({ direction }) => direction === "left")) turnRuns(tokens, layout, room);
  return layout;
}

/**
 * Puts tokens that are read to the left where a reader expects them: the rules of Unicode, without
 * nesting.
 */
function turnRuns(tokens: readonly TextToken[], layout: TextLayout, room: number): void {
  const counts = { left: 0, right: 0 };
  for (const { direction } of tokens) if (direction) counts[direction]++;
  const base = counts.left > counts.right ? "left" : "right";
  const directions = resolved(tokens, base);
  for (let line = 0; line < layout.lines; line++) {
    const [from, to] = [firstOfLine(layout, line), firstOfLine(layout, line + 1)];
    if (base === "left") mirror(layout, from, to, 0, room);
    for (let start = from; start < to; ) {
      let end = start + 1;
      while (end < to && directions[end] === directions[start]) end++;
      if (directions[start] !== base) mirrorWithin(layout, start, end);
      start = end;
    }
  }
}

/** Tokens without a direction take that of their neighbours where these agree, else `base`. */
function resolved(tokens: readonly TextToken[], base: "left" | "right"): readonly Direction[] {
  const next: Direction[] = [];
  for (let index = tokens.length - 1, seen: Direction = base; index >= 0; index--) {
    seen = tokens[index]?.direction ?? seen;
    next[index] = seen;
  }
  let before: Direction = base;
  return tokens.map(({ direction }, index) => {
    if (direction !== null) before = direction;
    return direction ?? (next[index] === before ? before : base);
  });
}

function mirrorWithin(layout: TextLayout, from: number, to: number): void {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let index = from; index < to; index++) {
    least = Math.min(least, layout.left[index] ?? 0);
    most = Math.max(most, (layout.left[index] ?? 0) + (layout.width[index] ?? 0));
  }
  mirror(layout, from, to, least, most);
}

function mirror(
  { left, width }: TextLayout,
  from: number,
  to: number,
  least: number,
  most: number,
): void {
  for (let index = from; index < to; index++)
    left[index] = least + most - (left[index] ?? 0) - (width[index] ?? 0);
}

/** First token of a line, or the number of tokens where there is none. */
export function firstOfLine(layout: TextLayout, wanted: number): number {
  let [low, high] = [0, layout.line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((layout.line[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The gaps between tokens belong to them, so that the pointer does not fall between words. */
const REACH = 5;

/** The token at height `line` and x, or null in the margin. */
export function tokenAt(layout: TextLayout, line: number, x: number): number | null {
  const end = firstOfLine(layout, line + 1);
  let [found, nearest]: [number | null, number] = [null, REACH];
  for (let index = firstOfLine(layout, line); index < end; index++) {
    const left = layout.left[index] ?? 0;
    const distance = Math.max(0, left - x, x - left - (layout.width[index] ?? 0));
    if (distance <= nearest) [found, nearest] = [index, distance];
  }
  return found;
}
