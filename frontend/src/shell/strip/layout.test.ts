import { describe, expect, it } from "vitest";
import type { TextToken } from "../../ui/running_text";
import { layPatches, layWords, type Measured, tokenBeyond, tokensIn } from "./layout";

function word(width: number, gap = 4, breaks = false): TextToken {
  return { width, gap, breaks, direction: "right" };
}

function measured(tokens: readonly TextToken[], marks: Measured["marks"] = []): Measured {
  return { tokens, marks, lineHeight: 26, height: 22 };
}

const FIVE = Array.from({ length: 5 }, (_, at) => word(20, at === 0 ? 0 : 4, at === 1));

describe("layWords", () => {
  it("has all words on one line, also where the text breaks", () => {
    const { left, top, whole } = layWords(measured(FIVE), null);
    expect([...left]).toEqual([0, 24, 48, 72, 96]);
    expect(new Set(top)).toEqual(new Set([2]));
    expect(whole).toEqual({ width: 116, height: 26 });
  });

  it("fills lines, and breaks where the text does", () => {
    const { left, top, whole } = layWords(measured(FIVE), 70);
    expect([...left]).toEqual([0, 24, 0, 24, 48]);
    expect([...top]).toEqual([2, 2, 28, 28, 28]);
    expect(whole.height).toBe(52);
  });

  it("makes room for marks before their words", () => {
    const { left, marks } = layWords(measured(FIVE, [{ at: 2, width: 30 }]), null);
    expect(marks).toEqual([{ left: 49, top: 2 }]);
    expect([...left]).toEqual([0, 24, 84, 108, 132]);
  });

  it("has a line for no words, and words without a width", () => {
    expect(layWords(measured([]), null).whole).toEqual({ width: 0, height: 26 });
    expect([...layWords(measured([word(0, 0), word(0, 0)]), null).left]).toEqual([0, 0]);
  });

  it("puts a text that is read to the left from the right, on one line as well", () => {
    const tokens = FIVE.map((each): TextToken => ({ ...each, direction: "left", breaks: false }));
    const { left } = layWords(measured(tokens), null);
    expect([...left]).toEqual([96, 72, 48, 24, 0]);
  });
});

describe("layPatches", () => {
  const grid = { rows: 2, columns: 3, first: 1 };
  const tokens = Array.from({ length: 8 }, (_, at) => word(30, at === 0 ? 0 : 4));

  it("has patches as a grid, with the words before and behind it beside", () => {
    const { left, top, width, whole } = layPatches(measured(tokens), grid, 40);
    expect([...left]).toEqual([0, 40, 60, 80, 40, 60, 80, 114]);
    expect([...top].slice(1, 7)).toEqual([0, 0, 0, 20, 20, 20]);
    expect([...width]).toEqual([30, 20, 20, 20, 20, 20, 20, 30]);
    expect(whole).toEqual({ width: 144, height: 41 });
  });

  it("never makes patches too small to be pointed at, or larger than words", () => {
    expect(layPatches(measured(tokens), grid, 2).width[1]).toBe(4);
    expect(layPatches(measured(tokens), grid, 4000).width[1]).toBe(22);
  });
});

describe("tokensIn", () => {
  it("finds the words in a part of the text", () => {
    const boxes = layWords(measured(FIVE), 70);
    const part = { left: 0, top: 0, width: 70, height: 26 };
    expect(tokensIn(boxes, part)).toEqual([0, 1]);
    expect(tokensIn(boxes, { ...part, left: 30, top: 26 })).toEqual([3, 4]);
  });

  it("draws little of a very long text", () => {
    const long = Array.from({ length: 16_384 }, () => word(30));
    const boxes = layWords(measured(long), null);
    expect(tokensIn(boxes, { left: 5000, top: 0, width: 1000, height: 26 }).length).toBe(30);
  });
});

describe("tokenBeyond", () => {
  it("goes to the nearest word of the next line", () => {
    const boxes = layWords(measured(FIVE), 70);
    expect(tokenBeyond(boxes, 1, 1)).toBe(3);
    expect(tokenBeyond(boxes, 4, -1)).toBe(1);
    expect([tokenBeyond(boxes, 0, -1), tokenBeyond(boxes, 4, 1)]).toEqual([0, 4]);
  });

  it("goes from row to row of a picture", () => {
    const tokens = Array.from({ length: 6 }, () => word(30));
    const boxes = layPatches(measured(tokens), { rows: 2, columns: 3, first: 0 }, 40);
    expect([tokenBeyond(boxes, 1, 1), tokenBeyond(boxes, 5, -1)]).toEqual([4, 2]);
  });
});
