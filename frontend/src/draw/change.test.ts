import { describe, expect, it } from "vitest";
import { changeEntry, paintChange } from "./change";

/** Entry n of the table is the colour (n, 0, 0). */
const table = Uint8ClampedArray.from({ length: 1024 }, (_, at) =>
  at % 4 === 0 ? at / 4 : at % 4 === 3 ? 255 : 0,
);

function reds(
  differences: number[],
  queries: number,
  keys: number,
  rows: number,
  columns: number,
  least = 0,
): number[] {
  const pixels = paintChange(Float32Array.from(differences), queries, keys, rows, columns, {
    table,
    root: false,
    least,
  });
  return Array.from({ length: rows * columns }, (_, at) =>
    pixels[at * 4 + 3] === 0 ? -1 : (pixels[at * 4] ?? -2),
  );
}

describe("paintChange", () => {
  it("has less in the lower half of the table, more in the upper one, and leaves 0 transparent", () => {
    expect(reds([-1, -0.5, 0, 1], 2, 2, 2, 2)).toEqual([0, 64, -1, 255]);
  });

  it("does not draw what is smaller than `least`, of either sign", () => {
    expect(reds([-0.1, 0.1, -0.3, 0.3], 2, 2, 2, 2, 0.2)).toEqual([-1, -1, 89, 166]);
  });

  it("shows the largest of several, whatever its sign", () => {
    expect(reds([0.2, -1, 0.5, 0.1], 1, 4, 1, 2)).toEqual([0, 191]);
  });

  it("shows what is not a number", () => {
    expect(reds([Number.NaN, 0], 1, 2, 1, 2)[0]).not.toBe(-1);
  });

  it("follows the square root where that is wanted", () => {
    expect([changeEntry(0.25, true), changeEntry(-0.25, true), changeEntry(2, false)]).toEqual([
      191, 64, 255,
    ]);
  });
});
