import { describe, expect, it } from "vitest";
import { gapText, type Line, placeRange, roomyRange, valueRange } from "./line";

const line = (values: number[], places = [0, 10, 100].slice(0, values.length)): Line => ({
  id: 0,
  name: "a",
  places,
  values: Float32Array.from(values),
  colour: "#000000",
  bold: false,
});

describe("the range of values", () => {
  it("knows what is defined", () => {
    expect(valueRange([line([Number.NaN, 3, 1])])).toEqual([1, 3]);
    expect(valueRange([line([2]), line([5, 4])])).toEqual([2, 5]);
  });

  it("leaves out what is infinite", () => {
    const values = [Number.NEGATIVE_INFINITY, 2, Number.POSITIVE_INFINITY];
    expect(valueRange([line(values)])).toEqual([2, 2]);
  });

  it("is 0 to 1 where no value is a number", () => {
    expect(valueRange([])).toEqual([0, 1]);
    expect(valueRange([line([Number.NaN])])).toEqual([0, 1]);
    expect(valueRange([line([Number.POSITIVE_INFINITY])])).toEqual([0, 1]);
  });

  it("has room above and below, but not across 0", () => {
    expect(roomyRange([-10, 10])).toEqual([-12, 12]);
    expect(roomyRange([0.5, 10.5])).toEqual([0, 11.5]);
    expect(roomyRange([-10.5, -0.5])).toEqual([-11.5, 0]);
    expect(roomyRange([3, 3])).toEqual([3, 3]);
  });
});

describe("the range of places", () => {
  it("is that of all lines", () => {
    expect(placeRange([line([1, 2], [5, 7]), line([1], [20]), line([])])).toEqual([5, 20]);
  });

  it("is 0 to 1 without a place, and one place where there is one", () => {
    expect(placeRange([])).toEqual([0, 1]);
    expect(placeRange([line([1], [30])])).toEqual([30, 30]);
  });
});

describe("the gaps", () => {
  it("are none where all lines have all numbers", () => {
    expect(gapText([line([1, 2, 3]), line([0])], "step")).toBe("");
    expect(gapText([], "step")).toBe("");
  });

  it("are counted by place, NaN and infinite apart", () => {
    const [nan, infinite] = [Number.NaN, Number.NEGATIVE_INFINITY];
    expect(gapText([line([1, nan, nan])], "step")).toBe("NaN at 2 steps");
    expect(gapText([line([1, nan]), line([nan, nan])], "step")).toBe("NaN at 2 steps");
    expect(gapText([line([infinite, nan, 1])], "step")).toBe("NaN at 1 step, infinite at 1 step");
    expect(gapText([line([-infinite])], "token")).toBe("infinite at 1 token");
  });
});
