import { expect, it } from "vitest";
import {
  drawnTicks,
  indexAt,
  labelsApart,
  MARGIN,
  placeOfStep,
  stepAt,
  tickX,
} from "./step_geometry";

it.each([1, 2, 3, 30, 1000])("finds each of %i ticks where it stands", (count) => {
  for (let index = 0; index < count; index++)
    expect(indexAt(tickX(index, count, 240), count, 240)).toBe(index);
});

it("puts first and last at the margins, and a single tick in the middle", () => {
  expect([tickX(0, 5, 200), tickX(4, 5, 200), tickX(0, 1, 200)]).toEqual([
    MARGIN,
    200 - MARGIN,
    100,
  ]);
});

it("takes the ends for what is beyond them", () => {
  expect([
    indexAt(-50, 5, 200),
    indexAt(900, 5, 200),
    indexAt(3, 0, 200),
    indexAt(3, 5, 0),
  ]).toEqual([0, 4, 0, 0]);
});

it("draws every tick while there is room, then fewer, the last one always", () => {
  expect(drawnTicks(30, 240)).toHaveLength(30);
  const many = drawnTicks(5000, 240);
  expect(many.length).toBeLessThan(80);
  expect([many[0], many[many.length - 1]]).toEqual([0, 4999]);
  expect(drawnTicks(0, 240)).toEqual([]);
});

it("says which step a place among unevenly logged ones means, and where a step of others lies", () => {
  const steps = [0, 10, 100];
  expect([0, 5, 10, 55, 100].map((each) => placeOfStep(steps, each))).toEqual([0, 0.5, 1, 1.5, 2]);
  expect([placeOfStep(steps, -9), placeOfStep(steps, 500), placeOfStep([], 3)]).toEqual([0, 2, 0]);
  for (const wanted of [0, 5, 10, 55, 100])
    expect(stepAt(tickX(placeOfStep(steps, wanted), 3, 240), steps, 240)).toBeCloseTo(wanted);
});

it("moves labels apart where they would overlap, and keeps them inside", () => {
  expect(labelsApart([50, 150], [40, 40], 240)).toEqual([50, 150]);
  const [a, b] = labelsApart([100, 110], [40, 60], 240);
  expect(b - a).toBe(52);
  expect((a + b) / 2).toBe(105);
  const [right, left] = labelsApart([230, 230], [40, 40], 240);
  expect(right - left).toBe(42);
  expect(right + 20).toBeLessThanOrEqual(240);
  const [high, low] = labelsApart([4, 4], [40, 40], 240);
  expect(low - 20).toBeGreaterThanOrEqual(0);
  expect(high - low).toBe(42);
});
