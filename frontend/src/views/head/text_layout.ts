/** Where the tokens of a passage stand as running text: widths in, lines of boxes out. */

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
}

/** Fills lines of width `room`; a token that is wider than a line gets one of its own and is cut there. */
export function layText(tokens: readonly TextToken[], room: number): TextLayout {
  const left = new Float32Array(tokens.length);
  const width = new Float32Array(tokens.length);
  const line = new Uint32Array(tokens.length);
  let [x, row] = [0, 0];
  tokens.forEach((token, index) => {
    const taken = Math.min(token.width, room);
    if (x > 0 && x + token.gap + taken > room) [x, row] = [0, row + 1];
    const start = x > 0 ? x + token.gap : 0;
    left[index] = start;
    width[index] = taken;
    line[index] = row;
    x = start + taken;
    if (token.breaks) [x, row] = [0, row + 1];
  });
  return { left, width, line, lines: tokens.length === 0 ? 0 : (line[tokens.length - 1] ?? 0) + 1 };
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

/** The token at height `line` and x, or null in the margin. */
export function tokenAt(layout: TextLayout, line: number, x: number): number | null {
  const end = firstOfLine(layout, line + 1);
  for (let index = firstOfLine(layout, line); index < end; index++) {
    const left = layout.left[index] ?? 0;
    // The gap before a token belongs to it, so that the pointer does not fall between words.
    if (x < left + (layout.width[index] ?? 0)) return x >= left - 5 ? index : null;
  }
  return null;
}
