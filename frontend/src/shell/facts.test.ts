import { expect, it } from "vitest";
import type { Row, Weights } from "../types";
import { scoreAt, weightAt } from "./facts";

const weights: Weights = {
  step: 1,
  block: 1,
  show: "weight",
  norms: null,
  exact: true,
  layer: 2,
  heads: 2,
  queries: 2,
  keys: 3,
  data: Float32Array.from({ length: 12 }, (_, index) => index),
};
const row: Row = {
  step: 1,
  layer: 2,
  query: 1,
  heads: 2,
  keys: 3,
  weights: Float32Array.of(0, 1, 2, 3, 4, 5),
  scores: Float32Array.of(9, 8, 7, 6, 5, 4),
};
const nothing = { weights: null, row: null };
const at = { layer: 2, head: 1, query: 1, key: 2 };

it("reads the weight of the hovered cell from what is on the screen", () => {
  expect(weightAt({ ...at, weight: 0.5 }, { ...nothing, weights })).toBe(11);
  expect(weightAt(at, { ...nothing, row })).toBe(5);
});

it("takes what the view said where the numbers are of another layer, or out of range", () => {
  expect(weightAt({ ...at, layer: 3, weight: 0.5 }, { weights, row })).toBe(0.5);
  expect(weightAt({ ...at, key: 3, weight: 0.5 }, { weights, row })).toBe(0.5);
  expect(weightAt({ ...at, head: null, weight: 0.5 }, { weights, row })).toBe(0.5);
  expect(weightAt(at, nothing)).toBeNull();
});

it("knows the score of the row that is loaded", () => {
  expect(scoreAt(at, { ...nothing, row })).toBe(4);
  expect(scoreAt({ ...at, query: 0 }, { ...nothing, row })).toBeNull();
  expect(scoreAt({ ...at, score: 1.5 }, { ...nothing, row: { ...row, scores: null } })).toBe(1.5);
});
