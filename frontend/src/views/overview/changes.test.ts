import { expect, it } from "vitest";
import type { HeadTypes } from "../../types";
import { lifeEvents, rankChange, typesAt } from "./changes";

const rows = [
  { stack: "decoder", layer: 0 },
  { stack: "cross", layer: 0 },
] as const;

it("ranks the heads of a stack by distance, without those that are not known", () => {
  const distance = Float32Array.of(0.25, 0.5, Number.NaN, 1);
  const change = { rows, heads: 2, notes: [], distance, progress: 1, done: true };
  expect(rankChange(change, "decoder").map((each) => [each.head, each.distance])).toEqual([
    [1, 0.5],
    [0, 0.25],
  ]);
  expect(rankChange(change, "cross").map((each) => each.head)).toEqual([1]);
});

const type = (name: string) => ({
  name,
  metric: name,
  comparison: ">=",
  threshold: 0.5,
  meaning: "",
});
const types: HeadTypes = {
  types: [type("self"), type("local")],
  lives: [
    { type: 0, row: 0, head: 1, born: null, died: 20 },
    { type: 1, row: 0, head: 0, born: 10, died: null },
    { type: 1, row: 1, head: 0, born: 10, died: null },
  ],
  notes: [],
  steps: [0, 10],
  rows,
  heads: 2,
  data: Uint16Array.of(0, 1, 0, 0, 2, 3, 0, 0),
};

it("tells births and deaths in the order of their steps", () => {
  expect(
    lifeEvents(types, "decoder").map(({ head, step, type: name, born }) => [
      head,
      step,
      name,
      born,
    ]),
  ).toEqual([
    [0, 10, "local", true],
    [1, 20, "self", false],
  ]);
});

it("names the types of a head at a step", () => {
  const at = (head: number, step: number): string | null =>
    typesAt(types, "decoder", { layer: 0, head }, step);
  expect([at(0, 0), at(1, 0), at(1, 10), at(0, 5)]).toEqual([
    "no type",
    "self",
    "self, local",
    null,
  ]);
});
