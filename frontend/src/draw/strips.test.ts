import { describe, expect, it } from "vitest";
import {
  anyBroken,
  BROKEN,
  barShare,
  cellAt,
  paintSigned,
  signedBar,
  signedEntry,
  signedScale,
  stripWidth,
} from "./strips";

/** A table whose entry e has the colour (e, 255 - e, 7). */
const table = Uint8ClampedArray.from({ length: 1024 }, (_, at) => {
  const entry = Math.floor(at / 4);
  return [entry, 255 - entry, 7, 255][at % 4] ?? 0;
});

describe("signedScale", () => {
  it("ends at the largest size where values are alike", () => {
    expect(signedScale([1, -2, 1.5, 0])).toEqual({ limit: 2, cut: false });
  });
  it("cuts a lone outlier and says so", () => {
    const values = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 1000 : Math.sin(at)));
    const scale = signedScale(values);
    expect(scale.cut).toBe(true);
    expect(scale.limit).toBeLessThanOrEqual(1);
  });
  it("leaves out what is not finite and survives nothing", () => {
    expect(signedScale([Number.NaN, Number.POSITIVE_INFINITY, -3]).limit).toBe(3);
    expect(signedScale([]).limit).toBe(1);
    expect(signedScale([0, 0]).limit).toBe(1);
  });
  it("finds the largest of many values although it sorts only a sample", () => {
    const values = new Float32Array(200_001).fill(1);
    values[100_001] = -2;
    expect(signedScale(values).limit).toBe(2);
  });
});

describe("signedEntry", () => {
  const linear = { limit: 4, cut: false };
  it("puts zero in the middle and the limits at the ends", () => {
    expect([-4, -2, 0, 2, 4].map((value) => signedEntry(value, linear))).toEqual([
      0, 64, 128, 192, 255,
    ]);
  });
  it("clips beyond the limit", () => {
    expect([-400, 400].map((value) => signedEntry(value, linear))).toEqual([0, 255]);
  });
  it("knows what is not finite", () => {
    expect(
      [Number.NaN, Number.NEGATIVE_INFINITY].map((value) => signedEntry(value, linear)),
    ).toEqual([-1, -1]);
  });
  it("never falls as the value rises", () => {
    const entries = Array.from({ length: 401 }, (_, at) => signedEntry((at - 200) / 40, linear));
    expect(entries.every((entry, at) => at === 0 || entry >= (entries[at - 1] ?? 0))).toBe(true);
  });
});

describe("paintSigned", () => {
  it("permutes the columns, leaves out rows and marks what is broken", () => {
    const values = new Float32Array([4, -4, Number.NaN, 0]);
    const scale = { limit: 4, cut: false };
    const pixels = paintSigned(values, 2, [1, 0], scale, table);
    expect([...pixels.slice(0, 8)]).toEqual([0, 255, 7, 255, 255, 0, 7, 255]);
    expect([...pixels.slice(12, 16)]).toEqual([...BROKEN, 255]);
    const half = paintSigned(values, 2, [0, 1], scale, table, (row) => row === 0);
    expect([half[3], half[11]]).toEqual([255, 0]);
  });
  it("is empty for no columns", () => {
    expect(paintSigned(new Float32Array(0), 0, [], { limit: 1, cut: false }, table)).toHaveLength(
      0,
    );
  });
});

describe("bars", () => {
  it("stand left and right of the middle", () => {
    expect(signedBar(2, 4, 100, 40)).toEqual({ left: 120, width: 10 });
    expect(signedBar(-4, 4, 100, 40)).toEqual({ left: 100, width: 20 });
    expect(signedBar(Number.NaN, 4, 100, 40).width).toBe(0);
    expect(signedBar(Number.NEGATIVE_INFINITY, 4, 100, 40)).toEqual({ left: 100, width: 20 });
  });
  it("keep to their room", () => {
    expect([barShare(0.5, 1), barShare(3, 1), barShare(-1, 1), barShare(1, 0)]).toEqual([
      0.5, 1, 0, 0,
    ]);
  });
});

describe("strip geometry", () => {
  it("takes whole device pixels where that wastes little", () => {
    expect(stripWidth(64, 150, 1)).toBe(128);
    expect(stripWidth(64, 150, 2)).toBe(128);
    expect(stripWidth(64, 120, 1)).toBe(120);
  });
  it("never goes under a pixel a cell", () => {
    expect(stripWidth(256, 150, 1)).toBe(256);
  });
  it("finds the cell under the pointer", () => {
    expect([
      cellAt(9, 10, 20, 4),
      cellAt(10, 10, 20, 4),
      cellAt(29.9, 10, 20, 4),
      cellAt(30, 10, 20, 4),
    ]).toEqual([null, 0, 3, null]);
    expect(cellAt(0, 0, 0, 0)).toBeNull();
  });
  it("tells whether anything is broken", () => {
    expect([
      anyBroken([0, 1]),
      anyBroken([0, Number.NaN]),
      anyBroken([Number.POSITIVE_INFINITY]),
    ]).toEqual([false, true, true]);
  });
});
