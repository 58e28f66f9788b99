import { expect, it } from "vitest";
import type { Contributions } from "../../types";
import { contributionAlong, knownSteps, largestAt, rankAlong } from "./along";

const missing = Number.NaN;
const all: Contributions = {
  layer: 0,
  head: 0,
  query: 2,
  key: 1,
  steps: [0, 10, 20],
  neurons: 3,
  contributions: new Float32Array([0.5, -2, 1, 1, -1, 0, missing, missing, missing]),
  scores: new Float32Array(3),
  weights: new Float32Array(3),
  notes: [],
  progress: 0.7,
  done: false,
};

it("follows a neuron along the steps", () => {
  expect([...contributionAlong(all, 1)]).toEqual([-2, -1, missing]);
  expect([...contributionAlong(all, 7)]).toEqual([missing, missing, missing]);
});

it("ranks by size, equals by index, and says nothing where nothing is known", () => {
  expect([0, 1, 2].map((neuron) => [...rankAlong(all, neuron)])).toEqual([
    [3, 1, missing],
    [1, 2, missing],
    [2, 3, missing],
  ]);
  expect([...rankAlong(all, 3)]).toEqual([missing, missing, missing]);
});

it("finds the largest of a step", () => {
  expect(largestAt(all, 0, 2)).toEqual([1, 2]);
  expect(largestAt(all, 2, 2)).toEqual([]);
});

it("leaves out steps that are still awaited", () => {
  const part = knownSteps({ ...all, weights: new Float32Array([0.5, missing, 0.25]) });
  expect([part.steps, [...part.weights], [...part.contributions].slice(0, 3)]).toEqual([
    [0, 20],
    [0.5, 0.25],
    [0.5, -2, 1],
  ]);
});
