import { describe, expect, it } from "vitest";
import type { Distances, Line } from "../../types";
import { commonText, lineText, lineValues, namedNeurons, trendOf } from "./trend";

const clear = (slope: number): Line => ({ slope, intercept: 1, r2: 0.9 });
const none: Line = { slope: Number.NaN, intercept: Number.NaN, r2: Number.NaN };

function distances(order: readonly number[], lines: readonly Line[]): Distances {
  const nothing = new Float32Array(0);
  const shape = {
    step: 0,
    layer: 0,
    head: 0,
    axis: "linear" as const,
    first: 0,
    count: 0,
    neurons: lines.length,
    partners: false,
    turnsBack: new Float32Array(lines.length),
    clear: lines.map(({ r2 }) => r2 >= 0.8),
  };
  const arrays = { pairs: nothing, contributions: nothing, scores: nothing, weights: nothing };
  return { ...shape, ...arrays, lines, scoreLine: none, order, queryCommon: 0.58, keyCommon: 0.2 };
}

describe("a line over distance", () => {
  it("falls or rises only where it explains four fifths of the variance", () => {
    expect([clear(-1), clear(1), { ...clear(-1), r2: 0.7 }, none].map(trendOf)).toEqual([
      "falls",
      "rises",
      "no clear line",
      "no clear line",
    ]);
  });
  it("is told with its slope, what that is per, and r2", () => {
    expect(lineText(clear(-0.0753), "linear")).toBe("falls by 0.0753 a token, r² 0.90");
    expect(lineText(clear(2), "log")).toBe("rises by 2.0000 a doubling, r² 0.90");
    expect(lineText({ ...clear(-1), r2: 0 }, "linear")).toContain("no clear line");
    expect(lineText(none, "linear")).toBe("too few distances for a line");
  });
  it("has values against the size of the distance, on its axis", () => {
    expect([...lineValues(clear(2), -1, 3, "linear")]).toEqual([3, 1, 3]);
    expect([...lineValues(clear(2), 0, 4, "log")]).toEqual([1, 3, 1 + 2 * Math.log2(3), 5]);
  });
});

describe("the named neurons", () => {
  it("are the steepest, what is steeper first", () => {
    const lines = [clear(-1), clear(-2), clear(-3), clear(-4), clear(0.5)];
    expect(namedNeurons(distances([3, 2, 1, 0, 4], lines))).toBe(
      "Neurons 3, 2 and 1 fall most with distance; neuron 4 rises with distance.",
    );
    expect(namedNeurons(distances([4, 3], lines))).toBe(
      "Neuron 4 rises with distance; neuron 3 falls with distance.",
    );
  });
  it("are rotary partners together", () => {
    const lines = [clear(-1), clear(-2)];
    const partners = { ...distances([1, 0], lines), neurons: 4, partners: true };
    expect(namedNeurons(partners)).toBe("Neurons 1 + 3 and 0 + 2 fall with distance.");
    expect(namedNeurons({ ...partners, clear: [false, true] })).toBe(
      "Neurons 1 + 3 fall with distance.",
    );
  });
  it("are none where no line is clear", () => {
    expect(namedNeurons(distances([0], [none]))).toContain("No neuron");
  });
  it("stand beside how much of the vectors knows nothing of the content", () => {
    expect(commonText(distances([], []))).toContain(
      "58 % of the queries' squared length, 20 % of the keys'",
    );
    expect(commonText({ ...distances([], []), keyCommon: null })).toBe("");
  });
});
