import { expect, it } from "vitest";
import { leastChange, leastSentence, leastWeight, spanOf } from "./least";

it("is the number that was set, however long the text", () => {
  expect([leastWeight(0.05, 12), leastWeight(0.05, 1024), leastWeight(0, 1024)]).toEqual([
    0.05, 0.05, 0,
  ]);
});

it("scales with the keys that a query sees, and is never more than in a short text", () => {
  expect([leastWeight(null, 1), leastWeight(null, 12)]).toEqual([0.02, 0.02]);
  expect(leastWeight(null, 1000)).toBe(0.0005);
});

it("says what it means", () => {
  expect(leastSentence(null, 50)).toContain("sees 50 keys: 0.01.");
  expect(leastSentence(0.1, 100)).toContain("under 0.1");
});

it("does not have one large difference make all others white", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => (at % 2 ? 0.001 : -0.0008));
  expect(spanOf([...many, 0.5])).toBe(0.001);
  expect(spanOf([0.001, 0.5])).toBe(0.5);
});

it("reaches over the largest difference, as a round number", () => {
  expect(spanOf([0, 0.003, -0.0041])).toBe(0.005);
  expect([spanOf([0.02]), spanOf([-0.7]), spanOf([1]), spanOf([3])]).toEqual([0.02, 1, 1, 1]);
  expect([spanOf([]), spanOf([0]), spanOf([Number.NaN, 0.1])]).toEqual([1, 1, 0.1]);
  expect([leastChange(null, 0.1), leastChange(0.05, 0.1)]).toEqual([0.002, 0.05]);
});

it("names small numbers whole", () => expect(leastSentence(null, 1024)).toContain("0.00049"));
