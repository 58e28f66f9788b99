import { describe, expect, it } from "vitest";
import { frameOf, xOf, yOf } from "./frame";
import type { Line } from "./line";
import { type Near, nearestIndex, nearestLine } from "./nearest";

const line = (id: number, values: number[], bold = false, places = [0, 10, 100]): Line => ({
  id,
  name: String(id),
  places,
  values: Float32Array.from(values),
  colour: "#000000",
  bold,
});
const scales = { log: false, ranks: false, named: false };
const frame = frameOf(456, 234, { places: [0, 100], values: [0, 1], ...scales });

/** What is near the point at which a place and a value stand. */
function at(lines: readonly Line[], place: number, value: number, reach = 14): Near | null {
  return nearestLine(lines, frame, xOf(frame, place), yOf(frame, value), reach);
}

it("finds the nearest place", () => {
  expect([-5, 4, 6, 60, 500].map((each) => nearestIndex([0, 10, 100], each))).toEqual([
    0, 0, 1, 2, 2,
  ]);
  expect(nearestIndex([0, 10], 5)).toBe(0);
  expect(nearestIndex([7], 1)).toBe(0);
  expect(nearestIndex([], 1)).toBe(-1);
});

describe("the line under a point", () => {
  it("is the nearest, none where all are far or not defined", () => {
    const lines = [line(7, [0, 0.5, 1]), line(8, [1, Number.NaN, 0])];
    expect(at(lines, 100, 0.02)).toEqual({ line: 1, index: 2 });
    expect(at(lines, 10, 0.5)).toEqual({ line: 0, index: 1 });
    expect(at(lines, 10, 0.9)).toBeNull();
    expect(at([], 10, 0.9)).toBeNull();
  });

  it("is a bold one where a thin one is about as near", () => {
    const thin = line(7, [0.5, 0.5, 0.5]);
    const bold = (value: number): Line => line(8, [value, value, value], true);
    expect(at([thin, bold(0.49)], 10, 0.497)?.line).toBe(1);
    expect(at([thin, bold(0.47)], 10, 0.497)?.line).toBe(0);
  });

  it("is read at any distance where all lines are read", () => {
    const lines = [line(7, [0, 0, 0]), line(8, [Number.NaN, 1, 1])];
    expect(at(lines, 100, 0.6, Number.POSITIVE_INFINITY)).toEqual({ line: 1, index: 2 });
    expect(at(lines, 0, 0.6, Number.POSITIVE_INFINITY)).toEqual({ line: 0, index: 0 });
  });

  it("is none with infinite values", () => {
    const lines = [line(7, [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0])];
    expect(at(lines, 0, 1, Number.POSITIVE_INFINITY)).toBeNull();
  });

  it("does not reach beyond the ends of a line", () => {
    const lines = [line(7, [0.5, 0.5], false, [0, 20])];
    expect(at(lines, 12, 0.5)?.index).toBe(1);
    expect(at(lines, 22, 0.5)?.index).toBe(1);
    expect(at(lines, 60, 0.5)).toBeNull();
  });

  it("is found by its only point", () => {
    const one = frameOf(456, 234, { places: [10, 10], values: [0, 1], ...scales });
    const found = nearestLine([line(7, [0.5], false, [10])], one, 244, 112, 14);
    expect(found).toEqual({ line: 0, index: 0 });
  });
});
