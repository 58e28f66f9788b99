import { expect, it } from "vitest";
import type { Metrics } from "../types";
import { metricAt, metricRow } from "./metric_at";

const [STEPS, ROWS, HEADS, NAMES] = [2, 3, 4, 5];
/** Each value is its own index, so that a wrong stride shows. */
const metrics: Metrics = {
  steps: [0, 10],
  rows: [
    { stack: "decoder", layer: 0 },
    { stack: "cross", layer: 0 },
    { stack: "cross", layer: 2 },
  ],
  heads: HEADS,
  names: ["a", "b", "c", "d", "e"],
  words: [],
  numbers: [],
  data: Float32Array.from({ length: STEPS * ROWS * HEADS * NAMES }, (_, index) => index),
};

it("goes through steps, rows, heads and names in this order", () => {
  const all: number[] = [];
  for (let step = 0; step < STEPS; step++)
    for (let row = 0; row < ROWS; row++)
      for (let head = 0; head < HEADS; head++)
        for (let name = 0; name < NAMES; name++) all.push(metricAt(metrics, step, row, head, name));
  expect(all).toEqual([...metrics.data]);
});

it.each([
  [-1, 0, 0, 0],
  [2, 0, 0, 0],
  [0, -1, 0, 0],
  [0, 3, 0, 0],
  [0, 0, 4, 0],
  [0, 0, -1, 0],
  [0, 0, 0, -1],
  [0, 0, 0, 5],
])("is not a neighbour's value where there is none: %j", (step, row, head, name) => {
  expect(metricAt(metrics, step, row, head, name)).toBeNaN();
});

it("finds rows by stack and layer", () => {
  expect([
    metricRow(metrics, "cross", 2),
    metricRow(metrics, "decoder", 2),
    metricRow(metrics, undefined, 0),
  ]).toEqual([2, -1, -1]);
});
