import { expect, it } from "vitest";
import { strongest } from "./neuron";

it.each([
  ["the largest", [0.1, 0.6, 0.3], 1],
  ["the first of equals", [0.5, 0.5], 0],
  ["a number beside what is none", [Number.NaN, 0.2, 0], 1],
  [
    "the first one where no weight is above 0, as beside NaN what is not seen",
    [Number.NaN, Number.NaN, 0],
    0,
  ],
  ["the first one of nothing", [], 0],
])("the strongest weight is %s", (_, weights, place) => {
  expect(strongest(weights)).toBe(place);
});
