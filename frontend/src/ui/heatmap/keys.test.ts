import { describe, expect, it } from "vitest";
import { keyAction } from "./keys";

const SHAPE = { queries: 24, keys: 12 };
const NONE = { query: null, key: null };
const AT = { query: 4, key: 2 };

function moved(key: string, from: { query: number | null; key: number | null } = AT): unknown {
  const action = keyAction(key, from, SHAPE, false);
  return action?.kind === "move" ? [action.query, action.key] : null;
}

describe("keyAction", () => {
  it("moves from cell to cell, and by ten queries", () => {
    expect(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => moved(key))).toEqual([
      [3, 2],
      [5, 2],
      [4, 1],
      [4, 3],
    ]);
    expect([moved("PageDown"), moved("PageUp")]).toEqual([
      [14, 2],
      [0, 2],
    ]);
  });

  it("goes to both ends of a row, and never beyond", () => {
    expect([moved("Home"), moved("End")]).toEqual([
      [4, 0],
      [4, 11],
    ]);
    expect(moved("ArrowRight", { query: 0, key: 11 })).toEqual([0, 11]);
    expect(moved("ArrowUp", { query: 0, key: 11 })).toEqual([0, 11]);
  });

  it("begins with the first cell, or in the row that is pinned", () => {
    expect(moved("ArrowRight", NONE)).toEqual([0, 0]);
    expect(moved("ArrowRight", { query: 7, key: null })).toEqual([7, 0]);
  });

  it("presses the cell with Enter and with the space bar, and nothing where there is none", () => {
    for (const key of ["Enter", " "])
      expect(keyAction(key, AT, SHAPE, true)).toEqual({ kind: "press", ...AT });
    expect(keyAction("Enter", { query: 4, key: null }, SHAPE, false)).toBeNull();
  });

  it("leaves the cell with Escape; without one the key is the page's, which lets the pin go", () => {
    expect(keyAction("Escape", AT, SHAPE, true)).toEqual({ kind: "leave" });
    expect(keyAction("Escape", AT, SHAPE, false)).toBeNull();
  });

  it("zooms with plus and minus, also without Shift", () => {
    const directions = ["+", "=", "-"].map((key) => keyAction(key, NONE, SHAPE, false));
    expect(directions).toEqual([1, 1, -1].map((direction) => ({ kind: "zoom", direction })));
  });

  it("leaves other keys to the page", () => {
    for (const key of ["p", "1", "[", "?", "Tab"])
      expect(keyAction(key, AT, SHAPE, true)).toBeNull();
  });
});
