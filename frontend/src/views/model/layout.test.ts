import { describe, expect, it } from "vitest";
import { cellCorner, type GridRoom, gridLayout, moved, scrollToCell, visibleLayers } from "./layout";

/** What a 1280 x 800 laptop leaves beside the settings and the enlarged head. */
const laptop: GridRoom = { width: 640, height: 590, ratio: 1, layers: 12, heads: 12, pixels: 12 };

describe("gridLayout", () => {
  it("shows 12 x 12 at once on a laptop, at every length of text", () => {
    for (const pixels of [6, 12, 24, 32]) {
      const layout = gridLayout({ ...laptop, pixels });
      expect(layout.width).toBeLessThanOrEqual(640);
      expect(layout.height).toBeLessThanOrEqual(590);
      expect(layout.cell).toBeGreaterThanOrEqual(34);
    }
  });
  it("takes whole pixels for the cells of a thumbnail where that costs little", () => {
    expect(gridLayout({ ...laptop, layers: 2, heads: 4 }).cell % 12).toBe(0);
    expect(gridLayout({ ...laptop, layers: 2, heads: 4, ratio: 2 }).cell % 6).toBe(0);
    expect(gridLayout({ ...laptop, pixels: 32 }).cell).toBeGreaterThan(32);
  });
  it("keeps every cell on whole device pixels, so that images and frames stay together", () => {
    for (const ratio of [1, 1.25, 1.5, 2]) {
      const layout = gridLayout({ ...laptop, ratio, pixels: 32 });
      expect((layout.pitch * ratio) % 1).toBeCloseTo(0, 9);
      expect((layout.cell * ratio) % 1).toBeCloseTo(0, 9);
    }
  });
  it("gives a small model large cells, up to a maximum", () => {
    const layout = gridLayout({ ...laptop, layers: 2, heads: 4 });
    expect(layout.cell).toBeGreaterThan(120);
    expect(gridLayout({ ...laptop, width: 4000, height: 3000, layers: 1, heads: 1 }).pitch).toBeLessThanOrEqual(176);
  });
  it("scrolls downwards, not sideways, for 48 x 25", () => {
    const layout = gridLayout({ ...laptop, layers: 48, heads: 25, pixels: 32 });
    expect(layout.width).toBeLessThanOrEqual(660);
    expect(layout.height).toBeGreaterThan(590);
  });
  it("never makes a cell too small to see", () => {
    expect(gridLayout({ ...laptop, layers: 80, heads: 64 }).pitch).toBeGreaterThanOrEqual(20);
  });
  it("survives an empty model and a box of no size", () => {
    expect(gridLayout({ ...laptop, layers: 0, heads: 0 }).height).toBeGreaterThan(0);
    expect(gridLayout({ ...laptop, width: 0, height: 0 }).cell).toBeGreaterThan(0);
  });
});

describe("scrolling", () => {
  const layout = gridLayout({ ...laptop, layers: 48, heads: 25, pixels: 32 });
  it("draws only what is in view", () => {
    const [first, last] = visibleLayers(layout, 10 * layout.pitch, 590);
    expect(first).toBe(10);
    expect(last).toBeLessThan(40);
    expect(visibleLayers(layout, 0, 1e6)).toEqual([0, 48]);
  });
  it("brings a cell into view, and no farther", () => {
    expect(scrollToCell(layout, 0, 300, 500)).toBe(0);
    expect(scrollToCell(layout, 3, 0, 500)).toBe(0);
    expect(scrollToCell(layout, 47, 0, 500)).toBe(48 * layout.pitch - 500);
  });
  it("puts cells beside their labels", () => {
    expect(cellCorner(layout, 0, 0)).toEqual({ x: layout.left, y: layout.top });
    expect(cellCorner(layout, 2, 1)).toEqual({ x: layout.left + layout.pitch, y: layout.top + 2 * layout.pitch });
  });
});

describe("moved", () => {
  const layout = gridLayout(laptop);
  it("follows the arrow keys and stops at the edges", () => {
    expect(moved(layout, 5, 4, "ArrowDown")).toEqual({ row: 6, head: 4 });
    expect(moved(layout, 0, 0, "ArrowUp")).toEqual({ row: 0, head: 0 });
    expect(moved(layout, 11, 11, "ArrowRight")).toEqual({ row: 11, head: 11 });
    expect(moved(layout, 3, 4, "Home")).toEqual({ row: 3, head: 0 });
    expect(moved(layout, 3, 4, "End")).toEqual({ row: 3, head: 11 });
    expect(moved(layout, 3, 4, "PageDown")).toEqual({ row: 11, head: 4 });
    expect(moved(layout, 3, 4, "a")).toBeNull();
  });
});
