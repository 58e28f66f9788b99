import { expect, it } from "vitest";
import { leastSentence, leastWeight } from "./least";

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
