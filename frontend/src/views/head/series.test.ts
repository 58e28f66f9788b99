import { describe, expect, it } from "vitest";
import { headSeries, markText, meanSeries, partsOf } from "./series";

const WEIGHTS = {
  step: 0,
  block: 1,
  exact: true,
  layer: 3,
  heads: 3,
  queries: 1,
  keys: 2,
  data: new Float32Array([0.2, 0.8, 0.5, 0.5, 1, 0]),
};

describe("series", () => {
  const readingOf = (head: number) => ({
    data: WEIGHTS.data.subarray(head * 2, head * 2 + 2),
    left: null,
  });

  it("are the weights of the chosen heads, not copies of them", () => {
    const series = headSeries(readingOf, [0, 2]);
    expect(series.map(({ head, name, data }) => [head, name, ...data])).toEqual([
      [0, "head 0", expect.closeTo(0.2), expect.closeTo(0.8)],
      [2, "head 2", 1, 0],
    ]);
    expect(series[0]?.data.buffer).toBe(WEIGHTS.data.buffer);
  });

  it("can be their mean", () => {
    const mean = meanSeries(headSeries(readingOf, [0, 2]));
    expect(mean.head).toBeNull();
    expect(mean.name).toBe("mean of 2 heads");
    expect([...mean.data].map((weight) => weight.toFixed(4))).toEqual(["0.6000", "0.4000"]);
  });
});

it("splits a difference into what is more and what is less", () => {
  const [head] = headSeries(() => ({ data: new Float32Array(4), left: null }), [3]);
  if (!head) throw new Error("there is no head");
  const [more, less] = partsOf(head, Float32Array.of(0.5, -0.25, 0, Number.NaN));
  expect([...more.data]).toEqual([0.5, 0, 0, Number.NaN]);
  expect([...less.data].map(Math.abs)).toEqual([0, 0.25, 0, Number.NaN]);
  expect([markText(head), markText(more), markText(less), less.name]).toEqual([
    "3",
    "3+",
    "3−",
    "head 3 less",
  ]);
});
