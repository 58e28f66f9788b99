import { describe, expect, it } from "vitest";
import type { Sequence } from "../types";
import {
  displayToken,
  inWords,
  LONGEST,
  readsAsNumber,
  spelled,
  spelledForReaders,
  tokenLabel,
  tokenTexts,
} from "./tokens";

describe("displayToken", () => {
  it.each([
    [" doctor", "·doctor"],
    ["two words", "two words"],
    ["  two", "··two"],
    ["a  b ", "a··b·"],
    ["\n", "↵"],
    ["\r\n", "\\x0d↵"],
    ["\t", "→"],
    ["\x07", "\\x07"],
    ["\x1b[31m", "\\x1b[31m"],
    ["\u202eevil", "\\u202eevil"],
    ["\u2066x\u2069", "\\u2066x\\u2069"],
    ["\u200b", "\\u200b"],
    ["\u00ad", "\\xad"],
    ["\ufeff", "\\ufeff"],
    ["\u2028", "\\u2028"],
    ["\ud800", "\\ud800"],
    ["\u{e0041}", "\\u{e0041}"],
    ["👩\u200d🔬", "👩\u200d🔬"],
    ["a\u200db", "a\\u200db"],
    ["👩\u200d", "👩\\u200d"],
    ["\u0301", "◌\u0301"],
    ["\\xE2", "\\xE2"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["שלום", "שלום"],
    ["e\u0301", "e\u0301"],
    ["日本語", "日本語"],
  ])("%j is shown as %j", (text, label) => {
    expect(displayToken(text).label).toBe(label);
  });

  it("gives the empty token a sign", () => {
    expect(displayToken("")).toEqual({ label: "∅", quiet: true, cut: false, full: "∅" });
  });

  it("is quiet about what is invisible as a whole", () => {
    expect([" ", "\n", "\n\n", "  "].map((each) => displayToken(each).quiet)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([" a", "."].map((each) => displayToken(each).quiet)).toEqual([false, false]);
  });

  it("cuts what is long, and says so", () => {
    const { label, cut, full } = displayToken("x".repeat(10000));
    expect([[...label].length, label.endsWith("…"), cut]).toEqual([LONGEST, true, true]);
    expect(full.length).toBeLessThanOrEqual(401);
  });

  it("never cuts a character in two", () => {
    expect(displayToken("👩".repeat(50), 5)).toMatchObject({ label: "👩👩👩👩…", cut: true });
  });

  it("leaves what just fits", () => {
    expect(displayToken("abcde", 5)).toMatchObject({ label: "abcde", cut: false });
    expect(displayToken("👩".repeat(5), 5)).toMatchObject({ label: "👩".repeat(5), cut: false });
  });

  it("lets nothing invisible through", () => {
    for (let code = 0; code < 0x3000; code++) {
      const { full } = displayToken(`a${String.fromCodePoint(code)}b`);
      expect(full).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });
});

const sequence: Sequence = {
  name: "decoder",
  text: "",
  tokens: ["a", " \\xF0\\x9F", "\\x99", "\\x82", "<s>", "\\xFF"],
  pieces: [],
  ids: [],
  characters: [{ first: 1, last: 3, text: " 🙂" }],
  starts: [],
  ends: [],
  special: [false, false, false, false, true, false],
  segments: [],
  documents: [],
  prompt: null,
  spans: [],
  losses: [],
  in_context: null,
};

describe("tokenLabel", () => {
  it("shows a character that is spread over tokens once, and marks its parts", () => {
    expect([1, 2, 3].map((index) => tokenLabel(sequence, index))).toMatchObject([
      { label: "·🙂", part: "1/3", quiet: false },
      { label: "2/3", named: "·🙂 2/3", quiet: true, full: "·🙂: 2/3 of its bytes, \\x99" },
      { label: "3/3", quiet: true },
    ]);
  });

  it("leaves bytes that are no character as they are, and knows special tokens", () => {
    expect(tokenLabel(sequence, 5)).toMatchObject({ label: "\\xFF", quiet: false });
    expect([0, 4, 9].map((index) => tokenLabel(sequence, index).special)).toEqual([
      undefined,
      true,
      undefined,
    ]);
    expect(tokenLabel(sequence, 9).label).toBe("#9");
  });

  it("gives texts for places that have no room for more", () => {
    expect(tokenTexts(sequence).slice(0, 5)).toEqual(["a", " 🙂 1/3", "2/3", "3/3", "<s>"]);
    expect(tokenTexts(null)).toEqual([]);
  });

  it("spells words without the parts", () => {
    expect([spelled(sequence, 0, 3), spelled(sequence, 1, 2), spelled(sequence, 4, 5)]).toEqual([
      "a 🙂",
      " 🙂",
      "<s>\\xFF",
    ]);
  });
});

describe("spelledForReaders", () => {
  const of = (...tokens: string[]): Sequence => ({
    ...sequence,
    tokens,
    characters: [],
    special: [],
  });

  it("sets tokens of nothing but numbers apart", () => {
    expect(spelledForReaders(of("48", "11", "1", "23"), 3)).toBe("48 11 1");
    expect(spelledForReaders(of("4", " 8", " 11"), 9)).toBe("4 8 11");
    expect(spelledForReaders(of("in", " 2", "0", "2", "4"), 9)).toBe("in 2024");
    expect(spelledForReaders(sequence, 4)).toBe("a 🙂");
  });

  it("does not count special tokens", () => {
    const begun = { ...of("<s>", "4", "8"), special: [true, false, false] };
    expect(spelledForReaders(begun, 9)).toBe("<s> 4 8");
  });
});

describe("readsAsNumber", () => {
  it.each(["15", "·15", "0.93", "−2", "1,024", "3:4", "50%", "٣"])(
    "%s could be an index",
    (label) => {
      expect(readsAsNumber(label)).toBe(true);
      expect(inWords(label)).toBe(`“${label}”`);
    },
  );

  it.each(["nurse", "·", ".", "%", "x2", "2nd", "[1]", "", "patch 3,4", "1e"])(
    "%s could not",
    (label) => {
      expect(readsAsNumber(label)).toBe(false);
      expect(inWords(label)).toBe(label);
    },
  );
});
