import { describe, expect, it } from "vitest";
import { type Frame, frameOf, placeAt, type Scales, xOf, yOf } from "./frame";

const frame = (scales: Partial<Scales> = {}): Frame =>
  frameOf(456, 234, {
    places: [0, 100],
    values: [0, 1],
    log: false,
    ranks: false,
    named: false,
    ...scales,
  });

it("puts steps and values where they belong", () => {
  expect([xOf(frame(), 0), xOf(frame(), 100)]).toEqual([44, 444]);
  expect([yOf(frame(), 1), yOf(frame(), 0)]).toEqual([10, 210]);
});

it("leaves room for the names of the axes", () => {
  const named = frame({ named: true });
  expect([named.left, named.top + named.height]).toEqual([54, 196]);
});

it("leaves no room for the numbers of places that another chart has", () => {
  const bare = frame({ bare: true });
  expect([bare.left, bare.top + bare.height]).toEqual([44, 226]);
});

it("has a size in a box that is too small", () => {
  const small = frameOf(10, 10, frame());
  expect([small.width, small.height]).toEqual([1, 1]);
});

it("finds the place at a point", () => {
  expect([44, 244, 444].map((x) => placeAt(frame(), x))).toEqual([0, 50, 100]);
  const one = frame({ places: [30, 30] });
  expect(placeAt(one, 300)).toBe(30);
});

describe("a logarithmic axis", () => {
  it("has the same room for each doubling, and a place for 0", () => {
    const log = frame({ places: [0, 15], log: true });
    expect([0, 1, 3, 7, 15].map((place) => xOf(log, place))).toEqual([44, 144, 244, 344, 444]);
    expect([44, 144, 244, 344, 444].map((x) => placeAt(log, x))).toEqual([0, 1, 3, 7, 15]);
  });

  it("is linear where places are negative", () => {
    const linear = frame({ places: [-10, 10], log: true });
    expect([linear.log, xOf(linear, 0)]).toEqual([false, 244]);
  });
});

it("puts the first rank on top", () => {
  const ranks = frame({ values: [1, 32], ranks: true });
  expect([yOf(ranks, 1), yOf(ranks, 32)]).toEqual([10, 210]);
});

describe("a line that stays at one value", () => {
  it.each([5, 0.02, 0, -3, -0.02])("runs through the middle: %f", (value) => {
    const constant = frame({ values: [value, value] });
    expect(yOf(constant, value)).toBeCloseTo(110, 9);
    expect(constant.values[1]).toBeGreaterThan(constant.values[0]);
  });

  it("is in sight of the axis: small values do not stand at a scale of whole numbers", () => {
    expect(frame({ values: [0.02, 0.02] }).values).toEqual([0.01, 0.03]);
  });
});

it("puts a single place in the middle", () => {
  expect(xOf(frame({ places: [30, 30] }), 30)).toBe(244);
});

it("takes a range that is not finite for none", () => {
  expect(frame({ values: [0, Number.POSITIVE_INFINITY] }).values).toEqual([0, 1]);
  expect(frame({ values: [Number.NaN, 1] }).values).toEqual([0, 1]);
});
