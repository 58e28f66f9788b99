import { describe, expect, it } from "vitest";
import { differing, findWords, joined, partners } from "./sentences";

const text = (words: string) => ({ tokens: words.split(/(?= )/) });
const candidate = (tag: string, words: string) => ({ tag, ...text(words) });

const DOCTOR_SHE = "The doctor asked the nurse a question. She";
const NURSE_SHE = "The nurse asked the doctor a question. She";
const DOCTOR_HE = "The doctor asked the nurse a question. He";
const NURSE_HE = "The nurse asked the doctor a question. He";

describe("two words in another sentence", () => {
  it("are found wherever they stand", () => {
    const words = { query: " She", key: " nurse" };
    const [one, other] = [text(DOCTOR_SHE), text(NURSE_SHE)];
    expect(findWords(one, one, words, true)).toEqual({ query: 7, key: 4, queries: 1, keys: 1 });
    expect(findWords(other, other, words, true)).toEqual({ query: 7, key: 1, queries: 1, keys: 1 });
    const he = text(NURSE_HE);
    expect(findWords(he, he, words, true)).toBeNull();
  });

  it("are the same with or without the space before them", () => {
    const starts = text("She saw a nurse");
    const found = { query: 3, key: 0, queries: 1, keys: 1 };
    expect(findWords(starts, starts, { query: " nurse", key: " She" }, true)).toEqual(found);
  });

  it("are the last ones that see each other", () => {
    const twice = text("a b a b c");
    expect(findWords(twice, twice, { query: "a", key: "b" }, true)).toMatchObject({
      query: 2,
      key: 1,
      queries: 2,
      keys: 2,
    });
    expect(findWords(twice, twice, { query: "b", key: "b" }, true)).toMatchObject({
      query: 3,
      key: 1,
    });
    expect(findWords(twice, twice, { query: "c", key: "c" }, true)).toMatchObject({
      query: 4,
      key: 4,
    });
    expect(findWords(twice, twice, { query: "a", key: "c" }, true)).toBeNull();
    // Tokens that attend to another text, or to later ones.
    expect(findWords(twice, twice, { query: "a", key: "c" }, false)).toMatchObject({ key: 4 });
  });
});

describe("sentences of A and B", () => {
  it("belong together where the fewest tokens differ", () => {
    const ofA = [candidate("doctor-she", DOCTOR_SHE), candidate("nurse-she", NURSE_SHE)];
    const ofB = [candidate("nurse-he", NURSE_HE), candidate("doctor-he", DOCTOR_HE)];
    expect(partners(ofA, ofB).map((each) => each?.tag)).toEqual(["doctor-he", "nurse-he"]);
    expect(partners(ofA, ofB.slice(0, 1)).map((each) => each?.tag)).toEqual([
      undefined,
      "nurse-he",
    ]);
    expect(partners(ofA, [candidate("other", "short")])).toEqual([null, null]);
    expect(differing(text(DOCTOR_SHE), text(NURSE_HE))).toBe(3);
  });
});

describe("one number of several", () => {
  it("is what all have at least, or 0 where signs differ", () => {
    expect(joined([0.3, 0.216], "least")).toBe(0.216);
    expect(joined([-0.3, -0.2], "least")).toBe(-0.2);
    expect(joined([0.3, -0.2], "least")).toBe(0);
    expect(joined([0.3, 0], "least")).toBe(0);
    expect(joined([0.3, Number.NaN], "least")).toBeNaN();
  });

  it("or their mean", () => {
    expect(joined([0.3, -0.1], "mean")).toBeCloseTo(0.1, 12);
    expect(joined([], "mean")).toBeNaN();
  });
});
