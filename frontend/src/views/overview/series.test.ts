import { describe, expect, it } from "vitest";
import { stepValues } from "../../state/series";
import type { CaptureStack, Metrics } from "../../types";
import { byChange, byEffect, byValue, changeOf, evenRange, seriesOf } from "./series";

const metrics: Metrics = {
  steps: [0, 10, 20],
  rows: [
    { stack: "encoder", layer: 0 },
    { stack: "decoder", layer: 3 },
  ],
  heads: 2,
  names: ["a", "b"],
  words: [],
  numbers: [],
  // [steps, rows, heads, names]: the place in the array is the value.
  data: Float32Array.from({ length: 24 }, (_, at) => at),
};
const stack = { name: "decoder", layers: [{ layer: 3, heads: 2 }] } as unknown as CaptureStack;

describe("series", () => {
  it("are one metric of the heads of one stack", () => {
    const series = seriesOf(metrics, stack, "b");
    expect(series.heads).toEqual([
      { layer: 3, head: 0 },
      { layer: 3, head: 1 },
    ]);
    expect([...series.values]).toEqual([5, 13, 21, 7, 15, 23]);
    expect([...stepValues(series, 10)]).toEqual([13, 15]);
    expect([...stepValues(series, 11)]).toEqual([Number.NaN, Number.NaN]);
  });

  it("are sorted by when they changed, those that did not come last", () => {
    const values = Float32Array.of(
      0,
      0,
      1,
      0.1,
      0.1,
      0.1,
      0,
      1,
      1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    );
    const heads = [0, 1, 2, 3].map((head) => ({ layer: 0, head }));
    expect(byChange({ heads, steps: [0, 1, 2], values })).toEqual([2, 0, 1, 3]);
  });

  it("changed when they had gone half of their way", () => {
    expect(changeOf(Float32Array.of(Number.NaN, 0, 0.2, 0.6, 1))).toEqual({ span: 1, when: 3 });
    expect(changeOf(Float32Array.of(0.5, 0.5))).toEqual({ span: 0, when: 2 });
    expect(changeOf(Float32Array.of(Number.NaN)).span).toBe(-1);
  });

  it("are ranked by value, what is not defined last", () => {
    expect(byValue(Float32Array.of(0.1, Number.NaN, 0.9, 0.1))).toEqual([2, 0, 3, 1]);
  });

  it("of effects are ranked by size, what was measured before what is estimated", () => {
    const measured = Float32Array.of(0.1, Number.NaN, -0.9, Number.NaN, Number.NaN);
    const estimates = Float32Array.of(9, 0.2, 9, -5, Number.NaN);
    expect(byEffect(measured, estimates)).toEqual([2, 0, 3, 1, 4]);
    expect(byEffect(measured, null)).toEqual([2, 0, 1, 3, 4]);
  });

  it("of effects have 0 in the middle of their colours", () => {
    expect(evenRange(Float32Array.of(-2, Number.NaN, 0.5))).toEqual([-2, 2]);
    expect(evenRange(Float32Array.of(0, 0))).toEqual([-1, 1]);
  });
});
