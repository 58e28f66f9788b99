import { expect, it } from "vitest";
import { codeOf } from "./changes";
import { besideEachOther, changeOf } from "./compared";

it("codes differences so that they come back within a hundredth, 0 exactly", () => {
  expect(changeOf(codeOf(0))).toBe(0);
  for (const each of [-1, -0.5, -0.02, 0.003, 0.25, 1])
    expect(changeOf(codeOf(each))).toBeCloseTo(each, 2);
  expect([codeOf(-1), codeOf(1)]).toEqual([1, 255]);
});

it("sets the columns of A and B beside each other in every row of every head", () => {
  const a = {
    step: 1,
    layers: [0],
    heads: 2,
    rows: 1,
    columns: 2,
    data: Uint8Array.of(1, 2, 3, 4),
  };
  const b = { ...a, data: Uint8Array.of(5, 6, 7, 8) };
  expect([...besideEachOther(a, b).data]).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
});
