import { describe, expect, it } from "vitest";
import { NO_TOKENS } from "../../testing";
import type { Sequence } from "../../types";
import { marksOf } from "./marks";
import { patchGrid } from "./patches";
import { findTokens } from "./search";

function text(tokens: readonly string[], more: Partial<Sequence> = {}): Sequence {
  return { ...NO_TOKENS, tokens: [...tokens], ...more };
}

const WORDS = ["The", " doc", "tor", " asked", " the", " nurse", ",", " doc", "tor"];

describe("marksOf", () => {
  it("has nothing to say of a plain text", () => {
    expect(marksOf(text(WORDS))).toEqual([]);
    expect(marksOf(text(WORDS, { segments: [0, 0, 0, 0, 0, 0, 0, 0, 0] }))).toEqual([]);
  });

  it("says where the model goes on", () => {
    expect(marksOf(text(WORDS, { prompt: 4 }))).toMatchObject([{ at: 4, label: "generated" }]);
    expect([0, 9].flatMap((prompt) => marksOf(text(WORDS, { prompt })))).toEqual([]);
  });

  it("names segments and documents where they begin", () => {
    const of = (more: Partial<Sequence>): unknown =>
      marksOf(text(["a", "b", "c"], more)).map(({ at, label }) => [at, label]);
    expect(of({ segments: [0, 0, 1] })).toEqual([
      [0, "A"],
      [2, "B"],
    ]);
    expect(of({ documents: [0, 1, 1] })).toEqual([
      [0, "document 0"],
      [1, "document 1"],
    ]);
  });

  it("names roles where they begin, and ends them where nothing else begins", () => {
    const spans = [
      { name: "user", first: 0, last: 2 },
      { name: "assistant\u202e", first: 3, last: 5 },
    ];
    expect(marksOf(text(WORDS, { spans, prompt: 3 }))).toEqual([
      { at: 0, label: "user", hint: "user begins" },
      {
        at: 3,
        label: "assistant\\u202e · generated",
        hint: "assistant\\u202e begins; the prompt ends, the model goes on",
      },
      { at: 6, label: "|", hint: "assistant\\u202e ends" },
    ]);
  });
});

describe("patchGrid", () => {
  const patches = ["patch 0,0", "patch 0,1", "patch 1,0", "patch 1,1"];

  it("finds the picture among other tokens", () => {
    expect(patchGrid(["[CLS]", ...patches])).toEqual({ rows: 2, columns: 2, first: 1 });
    expect(patchGrid(patches)).toEqual({ rows: 2, columns: 2, first: 0 });
  });

  it("has none where tokens are words, or make no grid", () => {
    expect(patchGrid(WORDS)).toBeNull();
    expect(patchGrid(patches.slice(0, 3))).toBeNull();
    expect(patchGrid([...patches].reverse())).toBeNull();
    expect(patchGrid(["patch 0,0", "patch 0,0"])).toBeNull();
  });
});

describe("findTokens", () => {
  it("finds words of several tokens, in either case", () => {
    expect(findTokens(text(WORDS), "DOCTOR")).toEqual([
      { first: 1, last: 2 },
      { first: 7, last: 8 },
    ]);
    expect(findTokens(text(WORDS), "asked the")).toEqual([{ first: 3, last: 4 }]);
  });

  it("sees spaces that the vocabulary does not hold", () => {
    expect(findTokens(text(["the", "nurse"]), "the nurse")).toEqual([{ first: 0, last: 1 }]);
  });

  it("goes to a token by its place", () => {
    expect(findTokens(text(WORDS), "#5")).toEqual([{ first: 5, last: 5 }]);
    expect(findTokens(text(WORDS), "#9")).toEqual([]);
  });

  it("finds nothing for nothing, and takes no signs as patterns", () => {
    expect([" ", "", "(", "[a-z]", "\\"].map((each) => findTokens(text(WORDS), each))).toEqual(
      Array(5).fill([]),
    );
  });

  it("finds a character that is spread over tokens", () => {
    const characters = [{ first: 1, last: 2, text: " 🙂" }];
    const of = text(["a", " \\xF0\\x9F", "\\x99\\x82", " b"], { characters });
    expect(findTokens(of, "🙂")).toEqual([{ first: 1, last: 1 }]);
    expect(findTokens(of, "b")).toEqual([{ first: 3, last: 3 }]);
  });
});
