import { expect, it } from "vitest";
import type { Metrics } from "../../../types";
import { type Pen, sparksOf, traceSpark } from "./sparks";

const metrics = {
  steps: [0, 10, 20],
  rows: [{ stack: "decoder", layer: 3 }],
  heads: 2,
  names: ["entropy", "induction"],
  // [steps, rows, heads, names]
  data: Float32Array.of(2, 0, 4, 0.5, 3, 0.25, Number.NaN, 1, 2, 0.5, 6, 0),
} as unknown as Metrics;

function traced(values: number[], width = 20): string[] {
  const done: string[] = [];
  const at =
    (name: string) =>
    (x: number, y: number): void => {
      done.push(`${name} ${x},${y}`);
    };
  const pen = { moveTo: at("move"), lineTo: at("line"), rect: at("dot") };
  traceSpark(pen as unknown as Pen, Float32Array.from(values), 100, 50, width, 10);
  return done;
}

it("has the scale of a share, or goes from the least to the largest value of all heads", () => {
  const shares = sparksOf(metrics, "decoder", "induction", true);
  expect([...(shares.of(3, 1) ?? [])]).toEqual([0.5, 1, 0]);
  const lines = sparksOf(metrics, "decoder", "entropy", false);
  expect([lines.low, lines.high]).toEqual([2, 6]);
  expect([...(lines.of(3, 1) ?? [])]).toEqual([0.5, Number.NaN, 1]);
  expect(lines.of(9, 0)).toBeNull();
  expect(sparksOf(metrics, "decoder", "no such", false).of(3, 0)).toBeNull();
});

it("leaves a gap where there is no value, and makes a dot of one step", () => {
  expect(traced([0, 1, 0.5])).toEqual(["move 100,60", "line 110,50", "line 120,55"]);
  expect(traced([0, Number.NaN, 0.5])).toEqual(["move 100,60", "move 120,55"]);
  expect(traced([0.5])).toEqual(["dot 109,54"]);
});

it("has no more points than can be told apart, the last one among them", () => {
  const many = traced(Array(1000).fill(0.5), 10);
  expect(many.length).toBeLessThan(25);
  expect(many.at(-1)).toBe("line 110,55");
});
