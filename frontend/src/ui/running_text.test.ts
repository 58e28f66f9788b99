import { describe, expect, it } from "vitest";
import { directionOf, firstOfLine, layText, tokenAt } from "./running_text";

const token = (width: number, gap = 4, breaks = false) => ({
  width,
  gap,
  breaks,
  direction: directionOf("a"),
});

/**
 * One token of width 10 for each letter: r is read to the right, l to the left, anything else
 * follows.
 */
const directed = (letters: string) =>
  [...letters].map((letter) => ({
    width: 10,
    gap: 0,
    breaks: false,
    direction: directionOf(letter === "l" ? "ש" : letter),
  }));

/** The letters of the first line from left to right, as their places in the text. */
const order = (letters: string, room = 200) => {
  const { left } = layText(directed(letters), room);
  return [...letters].map((_, place) => place).sort((a, b) => (left[a] ?? 0) - (left[b] ?? 0));
};

describe("layText", () => {
  it("fills lines and starts them at the margin", () => {
    const layout = layText([token(40, 0), token(40), token(40), token(40)], 100);
    expect([...layout.left]).toEqual([0, 44, 0, 44]);
    expect([...layout.line]).toEqual([0, 0, 1, 1]);
    expect(layout.lines).toBe(2);
  });

  it("joins pieces of a word", () => {
    expect([...layText([token(20, 0), token(10, 0)], 100).left]).toEqual([0, 20]);
  });

  it("takes the whole word, and what follows it without a space, to the next line", () => {
    const layout = layText([token(70, 0), token(16), token(10, 0), token(6, 0)], 100);
    expect([...layout.line]).toEqual([0, 1, 1, 1]);
    expect([...layout.left]).toEqual([0, 0, 16, 26]);
  });

  it("parts a long word, and text that has no spaces, at the end of the line", () => {
    const layout = layText([token(40, 0), token(30), token(20, 0), token(20, 0)], 100);
    expect([...layout.line]).toEqual([0, 0, 0, 1]);
    const unspaced = Array.from({ length: 7 }, () => token(30, 0));
    expect([...layText(unspaced, 100).line]).toEqual([0, 0, 0, 1, 1, 1, 2]);
  });

  it("begins a line after a newline token, also after several", () => {
    const layout = layText(
      [token(20, 0), token(10, 0, true), token(10, 0, true), token(20, 0)],
      100,
    );
    expect([...layout.line]).toEqual([0, 0, 1, 2]);
  });

  it("cuts a token that is wider than a line", () => {
    const layout = layText([token(20, 0), token(5000), token(20)], 100);
    expect([...layout.line]).toEqual([0, 1, 2]);
    expect(layout.width[1]).toBe(100);
  });

  it("never leaves the room and keeps the order of the tokens", () => {
    const tokens = Array.from({ length: 500 }, (_, index) =>
      token(5 + ((index * 37) % 90), index % 3, index % 29 === 0),
    );
    const layout = layText(tokens, 130);
    tokens.forEach((_, index) => {
      expect((layout.left[index] ?? 0) + (layout.width[index] ?? 0)).toBeLessThanOrEqual(130);
      if (index === 0) return;
      const [before, now] = [layout.line[index - 1] ?? 0, layout.line[index] ?? 0];
      expect(now > before || (layout.left[index] ?? 0) > (layout.left[index - 1] ?? 0)).toBe(true);
    });
  });

  it("has no line without tokens", () => {
    expect(layText([], 100).lines).toBe(0);
  });
});

describe("text that is read to the left", () => {
  it("begins at the right", () => {
    expect(order("llll")).toEqual([3, 2, 1, 0]);
    expect(layText(directed("ll"), 100).left[0]).toBe(90);
  });

  it("turns what is read to the right within it, and the other way round", () => {
    expect(order("lllrrl")).toEqual([5, 3, 4, 2, 1, 0]);
    expect(order("rrllr")).toEqual([0, 1, 3, 2, 4]);
  });

  it("takes punctuation along where both neighbours are of one direction", () => {
    expect(order("rrl.lr")).toEqual([0, 1, 4, 3, 2, 5]);
    expect(order("rrl.r")).toEqual([0, 1, 2, 3, 4]);
  });

  it("finds tokens where they stand", () => {
    const layout = layText(directed("lll"), 100);
    expect([95, 85, 75].map((x) => tokenAt(layout, 0, x))).toEqual([0, 1, 2]);
  });
});

describe("tokenAt", () => {
  const layout = layText([token(40, 0), token(40), token(40), token(40)], 100);

  it("finds the token under a point; a gap belongs to the token after it", () => {
    expect(tokenAt(layout, 0, 10)).toBe(0);
    expect(tokenAt(layout, 0, 42)).toBe(1);
    expect(tokenAt(layout, 1, 60)).toBe(3);
  });

  it("finds none in the margin or beyond the last line", () => {
    expect(tokenAt(layout, 0, 97)).toBeNull();
    expect(tokenAt(layout, 2, 10)).toBeNull();
  });

  it("knows where lines begin", () => {
    expect([0, 1, 2].map((line) => firstOfLine(layout, line))).toEqual([0, 2, 4]);
  });
});
