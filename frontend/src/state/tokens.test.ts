import { describe, expect, it } from "vitest";
import { displayToken, LONGEST } from "./tokens";

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
    ["👩\u200d🔬", "👩\\u200d🔬"],
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
    expect([" ", "\n", "\n\n", "  "].map((each) => displayToken(each).quiet)).toEqual([true, true, true, true]);
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
