import { describe, expect, it } from "vitest";
import { joinedSeries, pairRows, sortPairRows } from "./pair";
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
const sentence = { own: { series: ours, step: 10 }, other: null };
const compared = { ...sentence, other: { series: theirs, step: 5 } };
const order = (rows: readonly { readonly head: number }[]) => rows.map((each) => each.head);

describe("a pair of tokens", () => {
  it("ranks heads by weight", () => {
    const rows = sortPairRows(pairRows([sentence], "least"), "a");
    expect(order(rows)).toEqual([2, 1, 0]);
    expect(rows.every((each) => Number.isNaN(each.other))).toBe(true);
  });

  it("is compared head by head, and ranked by either side or by the size of the difference", () => {
    const all = pairRows([compared], "least");
    expect(order(sortPairRows(all, "a"))).toEqual([2, 1, 0]);
    expect(order(sortPairRows(all, "b"))).toEqual([1, 0, 2]);
    const rows = sortPairRows(all, "difference");
    expect(rows.map((each) => [each.head, each.weight, each.other, each.difference])).toEqual([
      [1, 0.5, 1, -0.5],
      [0, 0.25, 0, 0.25],
      [2, 0.75, Number.NaN, Number.NaN],
    ]);
  });

  it("is ranked by the size of effects, and as heads stand in the model", () => {
    const effects = [0.1, Number.NaN, -0.3];
    const all = pairRows([sentence], "least");
    expect(order(sortPairRows(all, "effect", ({ head }) => effects[head] ?? 0))).toEqual([2, 0, 1]);
    expect(order(sortPairRows(sortPairRows(all, "a"), "head"))).toEqual([0, 1, 2]);
  });
});

describe("a pair in several sentences", () => {
  const one = (values: readonly number[]): Series => ({
    heads: heads.slice(0, values.length),
    steps: [10],
    values: Float32Array.from(values),
  });
  const at = (values: readonly number[]) => ({ series: one(values), step: 10 });
  const sentences = [
    { own: at([0.5, 0.75, 0.25]), other: at([0.25, 0.25, 0.5]) },
    { own: at([0.625, 0.25, 0.25]), other: at([0.5, 0.5, 1]) },
  ];

  it("has what all sentences have at least, or their mean", () => {
    const numbers = (by: "least" | "mean") =>
      pairRows(sentences, by).map((row) => [row.weight, row.other, row.difference]);
    // The differences are 0.25 and 0.125, 0.5 and -0.25, -0.25 and -0.75.
    expect(numbers("least")).toEqual([
      [0.5, 0.25, 0.125],
      [0.25, 0.25, 0],
      [0.25, 0.5, -0.25],
    ]);
    expect(numbers("mean")[1]).toEqual([0.5, 0.375, 0.125]);
    expect(pairRows(sentences, "least")[2]?.each[1]).toEqual({
      weight: 0.25,
      other: 1,
      difference: -0.75,
    });
  });

  it("has no number where one sentence has none", () => {
    const short = { own: at([0.5, Number.NaN]), other: null };
    expect(order(pairRows([sentence, short], "least"))).toEqual([0]);
  });

  it("is joined over the steps that all have", () => {
    const joined = joinedSeries([ours, one([0.5, 0.25, 1])], "least");
    expect(joined?.steps).toEqual([0, 10]);
    expect([...(joined?.values ?? [])]).toEqual([
      Number.NaN,
      0.25,
      Number.NaN,
      0.25,
      Number.NaN,
      0.75,
    ]);
    expect(joinedSeries([ours], "least")).toBe(ours);
    expect(joinedSeries([], "least")).toBeNull();
  });
});
