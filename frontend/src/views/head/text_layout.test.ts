import { describe, expect, it } from "vitest";
import { firstOfLine, layText, tokenAt } from "./text_layout";

const token = (width: number, gap = 4, breaks = false) => ({ width, gap, breaks });

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

  it("begins a line after a newline token, also after several", () => {
    const layout = layText([token(20, 0), token(10, 0, true), token(10, 0, true), token(20, 0)], 100);
    expect([...layout.line]).toEqual([0, 0, 1, 2]);
  });

  it("cuts a token that is wider than a line", () => {
    const layout = layText([token(20, 0), token(5000), token(20)], 100);
    expect([...layout.line]).toEqual([0, 1, 2]);
    expect(layout.width[1]).toBe(100);
  });

  it("never leaves the room and keeps the order of the tokens", () => {
    const tokens = Array.from({ length: 500 }, (_, index) => token(5 + ((index * 37) % 90), index % 3, index % 29 === 0));
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

describe("tokenAt", () => {
  const layout = layText([token(40, 0), token(40), token(40), token(40)], 100);

  it("finds the token under a point; a gap belongs to the token after it", () => {
    expect(tokenAt(layout, 0, 10)).toBe(0);
    expect(tokenAt(layout, 0, 42)).toBe(1);
    expect(tokenAt(layout, 1, 60)).toBe(3);
  });

  it("finds none in the margin or beyond the last line", () => {
    expect(tokenAt(layout, 0, 99)).toBeNull();
    expect(tokenAt(layout, 2, 10)).toBeNull();
  });

  it("knows where lines begin", () => {
    expect([0, 1, 2].map((line) => firstOfLine(layout, line))).toEqual([0, 2, 4]);
  });
});
