import { expect, it } from "vitest";
import {
  frameOf,
  type Line,
  nearestIndex,
  nearestLine,
  rangeOf,
  ticks,
  xOf,
  yOf,
} from "./many_lines_geometry";

const line = (id: number, values: number[], bold = false): Line => ({
  id,
  name: String(id),
  steps: [0, 10, 100],
  values: Float32Array.from(values),
  colour: "#000000",
  bold,
});
const frame = frameOf(456, 234, [0, 100], [0, 1]);

it("puts steps and values where they belong", () => {
  expect([xOf(frame, 0), xOf(frame, 100)]).toEqual([44, 444]);
  expect([yOf(frame, 1), yOf(frame, 0)]).toEqual([10, 210]);
});

it("finds the nearest step", () => {
  expect([-5, 4, 6, 60, 500].map((each) => nearestIndex([0, 10, 100], each))).toEqual([
    0, 0, 1, 2, 2,
  ]);
  expect(nearestIndex([], 1)).toBe(-1);
});

it("finds the line under a point, none where all are far or not defined", () => {
  const lines = [line(7, [0, 0.5, 1]), line(8, [1, Number.NaN, 0])];
  expect(nearestLine(lines, frame, xOf(frame, 100), yOf(frame, 0.02), 14)).toEqual({
    line: 1,
    index: 2,
  });
  expect(nearestLine(lines, frame, xOf(frame, 10), yOf(frame, 0.5), 14)).toEqual({
    line: 0,
    index: 1,
  });
  expect(nearestLine(lines, frame, xOf(frame, 10), yOf(frame, 0.9), 14)).toBeNull();
});

it("marks round numbers", () => {
  expect(ticks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(ticks(0, 300, 4)).toEqual([0, 100, 200, 300]);
  expect(ticks(2, 2, 4)).toEqual([2]);
});

it("knows the range of what is defined", () => {
  expect([rangeOf([line(0, [Number.NaN, 3, 1])]), rangeOf([line(0, [Number.NaN])])]).toEqual([
    [1, 3],
    [0, 1],
  ]);
});
