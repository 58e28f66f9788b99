import { describe, expect, it } from "vitest";
import { NO_TOKENS } from "../testing";
import type { Sequence } from "../types";
import { spelled } from "./tokens";
import { spaceBefore, wordStarts } from "./word_starts";

function sequence(tokens: readonly string[], more: Partial<Sequence> = {}): Sequence {
  return { ...NO_TOKENS, name: "decoder", tokens, ...more };
}

/** The words, as they are spelled. */
function words(of: Sequence): string[] {
  const starts = wordStarts(of);
  const first = of.tokens.map((_, index) => index).filter((index) => starts[index] === 1);
  return first.map((from, place) => spelled(of, from, (first[place + 1] ?? of.tokens.length) - 1));
}

describe("wordStarts", () => {
  it.each([
    [
      ["The", " doc", "tor", " didn", "'t", " come", "."],
      ["The", " doctor", " didn't", " come", "."],
    ],
    [
      [" 3", ".", "14", ",", " a", "_b"],
      [" 3.14", ",", " a_b"],
    ],
    [
      ["doctor ", "s", "he "],
      ["doctor ", "she "],
    ],
    [
      ["\n", "def", " f", "oo", "(", ")"],
      ["\n", "def", " foo", "(", ")"],
    ],
    [
      [" ", "xyz", "  ", "a"],
      [" xyz", "  ", "a"],
    ],
    [
      [" שלו", "ם", " עולם"],
      [" שלום", " עולם"],
    ],
    [
      ["👩", "\u200d", "🔬", " 👩"],
      ["👩\u200d🔬", " 👩"],
    ],
  ])("of %j are %j", (tokens, expected) => expect(words(sequence(tokens))).toEqual(expected));

  it("of pieces that mark what continues a word", () => {
    const of = sequence(["[CLS]", "the", "doctor", "s", "sleep", "[SEP]"], {
      pieces: ["", "", "", "##s", "", ""],
      special: [true, false, false, false, false, true],
    });
    expect(words(of)).toEqual(["[CLS]", "the", "doctors", "sleep", "[SEP]"]);
  });

  it("of a vocabulary without spaces come from the text", () => {
    const of = sequence(["the", "doctor", "s", "in", "n"], {
      text: "the doctors inn",
      starts: [0, 4, 10, 12, 14],
      ends: [3, 10, 11, 14, 15],
    });
    expect(words(of)).toEqual(["the", "doctors", "inn"]);
  });

  it("counts the code points of the text, not its units", () => {
    const of = sequence(["🙂", " doc", "tor"], {
      text: "🙂 doctor",
      starts: [0, 2, 5],
      ends: [1, 5, 8],
    });
    expect(words(of)).toEqual(["🙂", " doctor"]);
  });

  it("of a language without spaces come from a dictionary", () => {
    const tokens = ["今", "天", "天", "气", "很", "好"];
    const place = tokens.map((_, index) => index);
    const of = sequence(tokens, {
      text: tokens.join(""),
      starts: place,
      ends: place.map((each) => each + 1),
    });
    expect(words(of).join("|")).toMatch(/^今天\|天气\|/);
  });

  it("never cut a character in two", () => {
    const of = sequence(["a", " \\xF0\\x9F", "\\x99", "\\x82", " b"], {
      characters: [{ first: 1, last: 3, text: " 🙂" }],
    });
    expect(words(of)).toEqual(["a", " 🙂", " b"]);
  });

  it("are the tokens where nothing tells words apart", () =>
    expect(words(sequence(["12", "7", "31"]))).toEqual(["12", "7", "31"]));

  it("never join special tokens", () => {
    const of = sequence(["a", "<s>", "b", " c"], { special: [false, true, false, false] });
    expect(words(of)).toEqual(["a", "<s>", "b", " c"]);
  });
});

describe("spaceBefore", () => {
  const apart = (of: Sequence): boolean[] => of.tokens.map((_, index) => spaceBefore(of, index));

  it("is where a token begins with a space, or the one before ends with it", () => {
    expect(apart(sequence(["The", " doc", "tor", "s ", "slept"]))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it("comes from the text, or from pieces that continue a word, where the vocabulary does not hold spaces", () => {
    const text = { text: "the doctors.", starts: [0, 4, 10, 11], ends: [3, 10, 11, 12] };
    expect(apart(sequence(["the", "doctor", "s", "."], text))).toEqual([false, true, false, false]);
    expect(apart(sequence(["the", "doctor", "s"], { pieces: ["", "", "##s"] }))).toEqual([
      false,
      true,
      false,
    ]);
    expect(apart(sequence(["17", "4"]))).toEqual([false, true]);
  });

  it("is beside special tokens, never within a character", () => {
    expect(apart(sequence(["<s>", "a", " b"], { special: [true, false, false] }))).toEqual([
      false,
      true,
      true,
    ]);
    expect(
      apart(sequence(["\\xF0", "\\x9F"], { characters: [{ first: 0, last: 1, text: "🙂" }] })),
    ).toEqual([false, false]);
  });
});
