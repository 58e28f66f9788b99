import { describe, expect, it } from "vitest";
import { pairRows } from "./pair";
import type { Series } from "./series";

const heads = [0, 1, 2].map((head) => ({ layer: 0, head }));
const ours: Series = {
  heads,
  steps: [0, 10],
  values: Float32Array.from([0, 0.25, 0, 0.5, 0, 0.75]),
};
/** Of other layers or heads only those that both have are compared. */
const theirs: Series = {
  heads: [heads[1], heads[0]].flatMap((each) => each ?? []),
  steps: [5],
  values: Float32Array.from([1, 0]),
};
const other = { series: theirs, step: 5 };
const order = (rows: readonly { readonly head: number }[]) => rows.map((each) => each.head);

describe("a pair of tokens", () => {
  it("ranks heads by weight", () => {
    const rows = pairRows(ours, 10);
    expect(order(rows)).toEqual([2, 1, 0]);
    expect(rows.every((each) => Number.isNaN(each.other))).toBe(true);
  });

  it("is compared head by head, and ranked by either side or by the size of the difference", () => {
    expect(order(pairRows(ours, 10, other, "a"))).toEqual([2, 1, 0]);
    expect(order(pairRows(ours, 10, other, "b"))).toEqual([1, 0, 2]);
    const rows = pairRows(ours, 10, other, "difference");
    expect(rows.map((each) => [each.head, each.weight, each.other, each.difference])).toEqual([
      [1, 0.5, 1, -0.5],
      [0, 0.25, 0, 0.25],
      [2, 0.75, Number.NaN, Number.NaN],
    ]);
  });
});
