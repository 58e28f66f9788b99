import { expect, it } from "vitest";
import { drawnTicks, indexAt, MARGIN, tickX } from "./step_geometry";

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
