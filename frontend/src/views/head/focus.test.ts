import { describe, expect, it } from "vitest";
import { focusOf } from "./focus";

const hover = (query: number | null, key: number | null, head: number | null = null) => ({
  layer: 0,
  head,
  query,
  key,
});
const NO_PINS = { query: null, key: null };

describe("focusOf", () => {
  it("is nothing without pointer and pins", () => {
    expect(focusOf(null, NO_PINS).anchor).toBeNull();
    expect(focusOf(hover(null, null), NO_PINS).anchor).toBeNull();
  });

  it("shows outgoing lines of a query and incoming lines of a key", () => {
    expect(focusOf(hover(8, null), NO_PINS)).toMatchObject({
      query: 8,
      key: null,
      anchor: "query",
      pinned: false,
    });
    expect(focusOf(hover(null, 4), NO_PINS)).toMatchObject({
      query: null,
      key: 4,
      anchor: "key",
      pinned: false,
    });
  });

  it("shows one link of the whole picture where nothing is pinned", () => {
    expect(focusOf(hover(8, 4, 10), NO_PINS)).toMatchObject({
      query: 8,
      key: 4,
      head: 10,
      anchor: "pair",
    });
  });

  it("keeps to the side of the pin while the pointer completes the pair", () => {
    expect(focusOf(hover(8, 4), { query: 8, key: null }).anchor).toBe("query");
    expect(focusOf(hover(8, 4), { query: null, key: 4 }).anchor).toBe("key");
  });

  it("falls back to the pins, also where another view points at a head only", () => {
    expect(focusOf(null, { query: 8, key: 4 })).toMatchObject({
      query: 8,
      key: 4,
      anchor: "query",
      pinned: true,
    });
    expect(focusOf(hover(null, null, 3), { query: null, key: 4 })).toMatchObject({
      key: 4,
      anchor: "key",
      pinned: true,
    });
  });

  it("shows another token in passing while one is pinned", () => {
    expect(focusOf(hover(2, null), { query: 8, key: null })).toMatchObject({
      query: 2,
      key: null,
      anchor: "query",
      pinned: false,
    });
  });
});
