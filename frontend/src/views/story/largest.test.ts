import { describe, expect, it } from "vitest";
import type { HeadCells } from "../../state/head_cells";
import type { Layer } from "../../types";
import { largestCell } from "./largest";

const cells = (data: readonly number[], keys: number): HeadCells => ({
  queries: data.length / keys,
  keys,
  data: Float32Array.from(data),
  signed: false,
  span: 1,
  least: new Float32Array(data.length / keys),
  masked: { reach: null, columns: null, zeros: [] },
});
const causal = { causal: true, query_start: 0 } as Layer;

describe("the largest weight", () => {
  it("is not that of a first row, which must go to the first token", () => {
    expect(largestCell(cells([1, 0, 0.3, 0.7], 2), causal)).toEqual({ query: 1, key: 1 });
    expect(largestCell(cells([1, 0, 0.3, 0.7], 2), null)).toEqual({ query: 0, key: 0 });
  });

  it("is the first row's where there is no other, and none where nothing is a number", () => {
    expect(largestCell(cells([1, 0], 2), causal)).toEqual({ query: 0, key: 0 });
    expect(largestCell(cells([Number.NaN, Number.NaN], 2), null)).toBeNull();
  });
});
