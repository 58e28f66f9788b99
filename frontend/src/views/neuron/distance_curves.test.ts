import { expect, it } from "vitest";
import type { Distances } from "../../types";
import { curveName, curveOf, curveValues, neuronsOf } from "./distance_curves";

const contributions = Float32Array.of(1, 2, 10, 20, 3, 4, 30, 40);
const known = { neurons: 4, count: 2, contributions, partners: true } as Distances;

it("rotary partners are one curve, their sum", () => {
  expect([...neuronsOf(known, 1), curveOf(known, 3), curveOf(known, 1)]).toEqual([1, 3, 1, 1]);
  expect(curveName(known, 1)).toBe("neurons 1 + 3");
  expect([...curveValues(known, 0)]).toEqual([4, 6]);
});

it("other neurons have a curve each", () => {
  const single = { ...known, partners: false };
  expect([curveOf(single, 3), curveName(single, 3), ...curveValues(single, 3)]).toEqual([
    3,
    "neuron 3",
    30,
    40,
  ]);
});
