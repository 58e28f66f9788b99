import { describe, expect, it } from "vitest";
import type { HeadCells } from "../../state/head_cells";
import { numberIn } from "./paint_numbers";

const cells: HeadCells = {
  queries: 2,
  keys: 2,
  data: Float32Array.from([1, 0, 0.004, 0.996]),
  signed: false,
  span: 1,
  least: Float32Array.from([0.02, 0.02]),
  masked: { reach: Int32Array.from([0, 1]), columns: null, zeros: [] },
};

describe("the number in a cell", () => {
  it("is there where a weight is drawn, and neither where it is masked nor too small", () => {
    expect(numberIn(cells, 0, 0)).toBe("1");
    expect(numberIn(cells, 0, 1)).toBe("");
    expect(numberIn(cells, 1, 0)).toBe("");
    expect(numberIn(cells, 1, 1)).toBe("1");
  });

  it("has the digits that small differences need", () => {
    const data = Float32Array.from([0.011, 0, -0.005, 0]);
    const small = { ...cells, data, signed: true, span: 0.02, least: new Float32Array(2) };
    expect([numberIn(small, 0, 0), numberIn(small, 1, 0), numberIn(small, 1, 1)]).toEqual([
      ".011",
      "−.005",
      "",
    ]);
  });
});
