import { describe, expect, it } from "vitest";
import { key, query } from "./chosen";
import {
  confirmed,
  type Meant,
  offered,
  pressed,
  pressWord,
  type Sight,
  type TokenPair,
  type WordSide,
} from "./token_pair";

const NONE: TokenPair = { query: null, key: null };
const SHE: TokenPair = { query: 8, key: null };
const BOTH: TokenPair = { query: 8, key: 4 };
const CAUSAL: Sight = { start: 0, causal: true };
const OPEN: Sight = { start: 0, causal: false };

function chosenBy(
  now: TokenPair,
  place: number,
  { side = "both" as WordSide, meant = "next" as Meant, sight = CAUSAL } = {},
): unknown {
  const { query, key, turned } = pressed(now, place, side, meant, sight);
  return turned === null ? [query, key] : [query, key, turned];
}

describe("pressed", () => {
  it("takes the first word as the query and the second as the key", () => {
    expect(chosenBy(NONE, 8)).toEqual([8, null]);
    expect(chosenBy(SHE, 4)).toEqual([8, 4]);
  });

  it("unpins a word that is pressed again", () => {
    expect(chosenBy(SHE, 8)).toEqual([null, null]);
    expect(chosenBy(BOTH, 8)).toEqual([null, 4]);
    expect(chosenBy(BOTH, 4)).toEqual([8, null]);
  });

  it("begins anew with a third word", () => {
    expect(chosenBy(BOTH, 6)).toEqual([6, null]);
  });

  it("keeps the key while another query is looked for", () => {
    expect(chosenBy({ query: null, key: 4 }, 9)).toEqual([9, 4]);
  });

  it("makes the later of two words the query where a layer looks back only", () => {
    expect(chosenBy({ query: 4, key: null }, 8)).toEqual([8, 4, "turned"]);
    expect(chosenBy({ query: null, key: 8 }, 4)).toEqual([8, 4, "turned"]);
    expect(chosenBy({ query: 4, key: null }, 8, { sight: OPEN })).toEqual([4, 8]);
  });

  it("chooses nothing impossible where it was said what a word is to be", () => {
    expect(chosenBy({ query: 4, key: null }, 8, { meant: "key" })).toEqual([4, null, "hidden"]);
    expect(chosenBy({ query: 4, key: 2 }, 8, { meant: "key" })).toEqual([4, 2, "hidden"]);
    expect(chosenBy(BOTH, 3, { meant: "query" })).toEqual([3, null, "unpinned"]);
    expect(chosenBy(BOTH, 6, { meant: "key" })).toEqual([8, 6]);
    expect(chosenBy(BOTH, 9, { meant: "query" })).toEqual([9, 4]);
  });

  it("lets a word be its own key", () => {
    expect(chosenBy(SHE, 8, { meant: "key" })).toEqual([8, 8]);
  });

  it("has a strip for each side where queries and keys are other texts", () => {
    expect(chosenBy(NONE, 3, { side: "key", sight: OPEN })).toEqual([null, 3]);
    expect(chosenBy({ query: 1, key: 3 }, 9, { side: "key", sight: OPEN })).toEqual([1, 9]);
    expect(chosenBy({ query: 1, key: 9 }, 0, { side: "query", sight: OPEN })).toEqual([0, 9]);
    expect(chosenBy({ query: 0, key: 9 }, 0, { side: "query", sight: OPEN })).toEqual([null, 9]);
  });

  it("lets queries of another text see the keys up to their place", () => {
    const sight = { start: 5, causal: true };
    expect(chosenBy({ query: 1, key: null }, 6, { side: "key", sight })).toEqual([1, 6]);
    expect(chosenBy({ query: 1, key: null }, 7, { side: "key", sight })).toEqual([
      1,
      null,
      "hidden",
    ]);
    expect(chosenBy({ query: 2, key: 7 }, 0, { side: "query", sight })).toEqual([
      0,
      null,
      "unpinned",
    ]);
  });
});

describe("a pair that a story chose", () => {
  const press = (...places: number[]): unknown => {
    [query.value, key.value] = [BOTH.query, BOTH.key];
    offered.value = BOTH;
    for (const place of places) pressWord(place, "both", "next");
    return [query.value, key.value];
  };

  it("keeps the words of it that are pressed, in either order", () => {
    expect(press(8)).toEqual([8, null]);
    expect(press(8, 4)).toEqual([8, 4]);
    expect(press(4)).toEqual([8, 4]);
    expect(press(4, 8)).toEqual([8, 4]);
  });

  it("takes another word as the key of the query that was meant", () => {
    expect(press(8, 6)).toEqual([8, 6]);
  });

  it("is let go by a second press, or where another word was chosen since", () => {
    expect(press(8, 8)).toEqual([null, null]);
    expect(press(6, 6)).toEqual([null, null]);
    expect(confirmed(SHE, 4, "both", BOTH)).toBeNull();
  });
});
