import { describe, expect, it } from "vitest";
import type { Line } from "../../../draw/chart/line";
import { apart, lastValue, nameLines, scaledTo, within } from "./scaled";

const line = (values: readonly number[], places = values.map((_, at) => at)): Line => ({
  id: 0,
  name: "loss",
  places,
  values,
  colour: "#000000",
  bold: true,
});

describe("a line on a scale of its own", () => {
  it("reaches over the axis, with some room, and keeps its values", () => {
    const scaled = scaledTo(line([3, 1, 2]), [0, 1]);
    expect(Array.from(scaled.line.values)).toEqual([0.94, 0.06, 0.5]);
    expect([scaled.own, scaled.values]).toEqual([
      [1, 3],
      [3, 1, 2],
    ]);
  });

  it("that stays at one value runs through the middle, and a gap stays one", () => {
    expect(Array.from(scaledTo(line([5, Number.NaN, 5]), [0, 2]).line.values)).toEqual([
      1,
      Number.NaN,
      1,
    ]);
  });
});

it("a line is cut to the steps of the probe", () => {
  const cut = within(line([1, 2, 3, 4], [0, 10, 20, 30]), [5, 20]);
  expect([cut.places, cut.values]).toEqual([
    [10, 20],
    [2, 3],
  ]);
});

it("the last value is the last that is one", () => {
  expect(lastValue(line([1, 2, Number.NaN]))).toBe(2);
  expect(lastValue(line([]))).toBeNaN();
});

it.each([
  ["loss of this text", 20, ["loss of this text"]],
  ["'bandages' over 'treatment'", 20, ["'bandages' over", "'treatment'"]],
  ["' she' over ' a nurse of it'", 17, ["' she' over", "' a nurse of it'"]],
  ["' she' over ' a nurse'", 8, ["' she'", "over ' …"]],
  [`" it's" over ' its'`, 14, [`" it's" over`, "' its'"]],
  ["train/loss_of_all_examples", 10, ["train/los…"]],
  ["' '", 2, ["'…"]],
])("the name %j in %d", (name, room, lines) => {
  expect(nameLines(name, room, (text) => text.length)).toEqual(lines);
});

describe("names at lines", () => {
  it("stay where they are as long as they have room", () => {
    expect(apart([100, 20], 10, 0, 200)).toEqual([100, 20]);
  });

  it("move apart as little as needed, in their order, and stay in sight", () => {
    expect(apart([50, 50, 52], 10, 0, 200)).toEqual([50, 60, 70]);
    expect(apart([198, 199], 10, 0, 200)).toEqual([185, 195]);
    expect(apart([-5], 10, 0, 200)).toEqual([5]);
  });
});
