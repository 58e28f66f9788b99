import { describe, expect, it } from "vitest";
import { type Arrangement, arrange, folded, transposed } from "./arrange";
import {
  cellCorner,
  type GridRoom,
  gridLayout,
  labelEvery,
  seenAtOnce,
  slotOf,
  slotsIn,
  visibleRows,
} from "./layout";
import { moved } from "./moves";

function arrangement(
  rows: number,
  heads: number,
  score: (() => number) | null = null,
): Arrangement {
  const yes = (): boolean => true;
  return arrange({
    rows,
    heads: () => heads,
    showsRow: yes,
    showsHead: yes,
    shows: yes,
    score,
    ascending: false,
  });
}

/** What a 1280 x 760 window of TensorBoard leaves beside the settings and the enlarged head. */
const laptop: GridRoom = {
  width: 640,
  height: 490,
  ratio: 1,
  arrangement: arrangement(12, 12),
  pixels: 12,
};

describe("gridLayout", () => {
  it("shows 12 x 12 at once on a laptop, at every length of text", () => {
    for (const pixels of [6, 12, 24, 32]) {
      const layout = gridLayout({ ...laptop, pixels });
      expect(layout.width).toBeLessThanOrEqual(640);
      expect(layout.height).toBeLessThanOrEqual(490);
      expect(layout.cellHeight).toBeGreaterThanOrEqual(30);
    }
  });
  it("takes whole pixels for the cells of a thumbnail where that costs little", () => {
    const small = arrangement(2, 4);
    expect(gridLayout({ ...laptop, arrangement: small }).cellHeight % 12).toBe(0);
    expect(gridLayout({ ...laptop, arrangement: small, ratio: 2 }).cellHeight % 6).toBe(0);
    expect(gridLayout({ ...laptop, pixels: 32 }).cellHeight).toBeGreaterThanOrEqual(32);
  });
  it("keeps every cell on whole device pixels, so that images and frames stay together", () => {
    for (const ratio of [1, 1.25, 1.5, 2]) {
      const layout = gridLayout({ ...laptop, ratio, pixels: 32 });
      expect((layout.pitch * ratio) % 1).toBeCloseTo(0, 9);
      expect((layout.cellHeight * ratio) % 1).toBeCloseTo(0, 9);
    }
  });
  it("gives a small model large cells, up to a maximum", () => {
    expect(gridLayout({ ...laptop, arrangement: arrangement(2, 4) }).cellHeight).toBeGreaterThan(
      120,
    );
    expect(
      gridLayout({ ...laptop, width: 4000, height: 3000, arrangement: arrangement(1, 1) }).pitch,
    ).toBeLessThanOrEqual(260);
  });
  it("scrolls downwards, not sideways, for 48 x 25", () => {
    const layout = gridLayout({ ...laptop, arrangement: arrangement(48, 25), pixels: 32 });
    expect(layout.width).toBeLessThanOrEqual(660);
    expect(layout.height).toBeGreaterThan(490);
  });
  it("never makes a cell too small to see", () => {
    expect(
      gridLayout({ ...laptop, arrangement: arrangement(80, 64) }).pitch,
    ).toBeGreaterThanOrEqual(20);
  });
  it("survives a grid of which nothing is left, and a box of no size", () => {
    expect(gridLayout({ ...laptop, arrangement: arrangement(0, 0) }).height).toBeGreaterThan(0);
    expect(
      gridLayout({ ...laptop, arrangement: arrangement(0, 0, () => 1) }).height,
    ).toBeGreaterThan(0);
    expect(gridLayout({ ...laptop, width: 0, height: 0 }).cellHeight).toBeGreaterThan(0);
  });
  it("puts sorted cells one after the other, each with room for its label", () => {
    const layout = gridLayout({ ...laptop, arrangement: arrangement(12, 12, () => 1), pixels: 32 });
    expect([layout.labelled, layout.across * layout.down >= 144]).toEqual([true, true]);
    expect(layout.pitchDown).toBeGreaterThan(layout.pitch + 10);
    expect(layout.width).toBeLessThanOrEqual(640);
  });
});

describe("cells that are not square", () => {
  const room: GridRoom = { ...laptop, height: 380, arrangement: arrangement(30, 9), pixels: 32 };
  it("fill the width of the card where they may, and none scrolls for it", () => {
    const square = gridLayout(room);
    const wide = gridLayout({ ...room, widest: 1.5 });
    expect(square.cellWidth).toBe(square.cellHeight);
    expect(wide.cellWidth).toBeGreaterThan(wide.cellHeight);
    expect(wide.width).toBeLessThanOrEqual(room.width);
    expect(wide.height).toBeLessThanOrEqual(room.height);
    expect(room.width - wide.width).toBeLessThan(wide.across + 10);
    expect(seenAtOnce(wide, room)).toBe(270);
  });
  it("fill its height where the width is what they lack", () => {
    const low = { ...room, height: 300, layers: "columns" } as const;
    const high = gridLayout({ ...low, widest: 1.5, highest: 1.5 });
    expect(high.cellHeight).toBeGreaterThan(high.cellWidth);
    expect(high.cellWidth).toBe(gridLayout(low).cellWidth);
    expect(high.height).toBeLessThanOrEqual(low.height);
  });
  it("are never wider than is said, and those with labels of their own stay square", () => {
    for (const width of [640, 1200, 2000]) {
      const layout = gridLayout({ ...room, width, widest: 1.5 });
      expect(layout.pitch / (layout.cellHeight + 2)).toBeLessThanOrEqual(1.75);
    }
    const flow = gridLayout({ ...room, arrangement: arrangement(30, 9, () => 1), widest: 1.5 });
    expect(flow.cellWidth).toBe(flow.cellHeight);
  });
});

describe("layers as columns", () => {
  /** 30 layers of 9 heads in a window of 1440 x 900 with a head enlarged. */
  const deep: GridRoom = { ...laptop, width: 800, height: 620, arrangement: arrangement(30, 9) };
  it("are chosen where they show more cells, and then all at once", () => {
    const low = { ...deep, height: 300, pixels: 32 };
    const layout = gridLayout(low);
    expect([layout.layersAcross, layout.across, layout.down]).toEqual([true, 30, 9]);
    expect(seenAtOnce(layout, low)).toBe(270);
    expect(seenAtOnce(gridLayout({ ...low, layers: "rows" }), low)).toBeLessThan(100);
  });
  it("fill a large screen that is wide", () => {
    const large = gridLayout({ ...deep, width: 1960, height: 640, pixels: 32 });
    expect([large.layersAcross, large.width > 1800]).toEqual([true, true]);
  });
  it("are not chosen where rows show as many, or where they would scroll sideways", () => {
    expect(gridLayout(laptop).layersAcross).toBe(false);
    expect(gridLayout({ ...laptop, arrangement: arrangement(90, 9) }).layersAcross).toBe(false);
    expect(gridLayout({ ...laptop, layers: "columns" }).layersAcross).toBe(true);
  });
  it("hold the same heads, each at its turned place", () => {
    const rows = arrangement(3, 2);
    const turned = transposed(rows);
    expect(turned.slots.slice(0, 3).map((place) => place?.row)).toEqual([0, 1, 2]);
    expect(turned.slots.every((place, at) => place?.head === Math.floor(at / 3))).toBe(true);
    expect(transposed(turned)).toEqual(rows);
    const flow = arrangement(3, 2, () => 1);
    expect(transposed(flow)).toEqual(flow);
  });
  it("fit a narrow figure without scrolling sideways", () => {
    const narrow = { ...deep, width: 330, pixels: 32, layers: "columns" } as const;
    expect(gridLayout(narrow).width).toBeLessThanOrEqual(330);
  });
});

describe("several columns of layers", () => {
  const deep: GridRoom = { ...laptop, width: 800, height: 620, arrangement: arrangement(30, 9) };
  it("are chosen where cells become clearly larger than in any other way", () => {
    const layout = gridLayout({ ...deep, pixels: 32 });
    expect([layout.blocks, layout.across, layout.down]).toEqual([2, 18, 15]);
    expect(seenAtOnce(layout, deep)).toBe(270);
    expect(layout.width).toBeLessThanOrEqual(800);
    const columns = gridLayout({ ...deep, pixels: 32, layers: "columns" });
    expect(layout.pitch).toBeGreaterThan(1.3 * columns.pitch);
    const small = { ...deep, width: 620, height: 430, pixels: 32 };
    expect(seenAtOnce(gridLayout(small), small)).toBe(270);
    expect(gridLayout(small).pitch).toBeGreaterThan(25);
    const large = { ...deep, width: 1960, height: 1160, pixels: 32 };
    expect(gridLayout(large).pitch).toBeGreaterThanOrEqual(70);
  });
  it("are not chosen for a little, nor for a model whose layers fit in one", () => {
    expect(gridLayout(laptop).blocks).toBe(1);
    expect(gridLayout({ ...deep, width: 1960, height: 640, pixels: 32 }).blocks).toBe(1);
  });
  it("put each layer in one row, the next ones below it and then beside", () => {
    const three = folded(arrangement(5, 2), 2);
    expect([three.across, three.blocks]).toEqual([4, 2]);
    const rows = [0, 1, 2].map((row) => three.slots.slice(4 * row, 4 * row + 4));
    expect(rows.map((each) => each.map((place) => place?.row))).toEqual([
      [0, 0, 3, 3],
      [1, 1, 4, 4],
      [2, 2, undefined, undefined],
    ]);
    expect(rows[0]?.map((place) => place?.head)).toEqual([0, 1, 0, 1]);
    const flow = arrangement(3, 2, () => 1);
    expect(folded(flow, 2)).toEqual(flow);
  });
  it("have room for their labels between them", () => {
    const layout = gridLayout({ ...deep, pixels: 32, layers: "folded" });
    const [last, next] = [cellCorner(layout, 8).x, cellCorner(layout, 9).x];
    expect(next - last).toBeGreaterThan(layout.pitch + 30);
    expect(moved(layout, 8, "ArrowRight")).toBe(9);
    const none = gridLayout({ ...deep, arrangement: arrangement(0, 0), layers: "folded" });
    expect(none.blocks).toBe(1);
  });
});

describe("a size that is asked for", () => {
  it("makes cells larger than fit downwards, and never wider than the box", () => {
    const wanted = gridLayout({ ...laptop, arrangement: arrangement(12, 4), size: 120 });
    expect(wanted.pitch).toBeGreaterThan(100);
    expect(wanted.height).toBeGreaterThan(laptop.height);
    expect(gridLayout({ ...laptop, size: 170 }).width).toBeLessThanOrEqual(laptop.width);
  });
});

it("thins labels, and leaves at least some", () => {
  expect([labelEvery(25, 17), labelEvery(9, 17), labelEvery(0, 17)]).toEqual([1, 2, 17]);
  // A thousand tokens in a third as many pixels.
  expect(labelEvery(0.37, 10)).toBe(28);
});

describe("scrolling", () => {
  const layout = gridLayout({ ...laptop, arrangement: arrangement(48, 25), pixels: 32 });
  it("draws only what is in view", () => {
    const [first, last] = visibleRows(layout, 10 * layout.pitchDown, 490);
    expect(first).toBe(10);
    expect(last).toBeLessThan(40);
    expect(visibleRows(layout, 0, 1e6)).toEqual([0, 48]);
    expect(slotsIn(layout, [1, 2]).map(({ place }) => place.row)).toEqual(Array(25).fill(1));
  });
  it("puts cells beside their labels", () => {
    expect(cellCorner(layout, 0)).toEqual({ x: layout.left, y: layout.top });
    expect(cellCorner(layout, 51)).toEqual({
      x: layout.left + layout.pitch,
      y: layout.top + 2 * layout.pitchDown,
    });
    expect(slotOf(layout, { row: 2, head: 1 })).toBe(51);
    expect(slotOf(layout, { row: 2, head: 99 })).toBe(-1);
  });
});

describe("moved", () => {
  const layout = gridLayout(laptop);
  const at = (row: number, head: number): number => row * 12 + head;
  it("follows the arrow keys and stops at the edges", () => {
    expect(moved(layout, at(5, 4), "ArrowDown")).toBe(at(6, 4));
    expect(moved(layout, 0, "ArrowUp")).toBe(0);
    expect(moved(layout, at(3, 0), "ArrowLeft")).toBe(at(3, 0));
    expect(moved(layout, at(11, 11), "ArrowRight")).toBe(at(11, 11));
    expect(moved(layout, at(3, 4), "Home")).toBe(at(3, 0));
    expect(moved(layout, at(3, 4), "End")).toBe(at(3, 11));
    expect(moved(layout, at(3, 4), "PageDown")).toBe(at(11, 4));
    expect(moved(layout, at(9, 4), "PageUp")).toBe(at(1, 4));
    expect(moved(layout, at(3, 4), "a")).toBeNull();
  });
  it("goes past cells that are filtered out", () => {
    const slots = layout.slots.map((place, slot) =>
      slot % 12 === 2 || slot === at(3, 0) ? null : place,
    );
    const gaps = { ...layout, slots };
    expect(moved(gaps, at(3, 1), "ArrowRight")).toBe(at(3, 3));
    expect(moved(gaps, at(3, 4), "Home")).toBe(at(3, 1));
    expect(moved(gaps, at(2, 0), "ArrowDown")).toBe(at(4, 0));
  });
});
