import { expect, it } from "vitest";
import { maskCells } from "./masked";

const NOTHING = { reach: null, columns: null, zeros: [] };

it("is masked where causality does not reach, or a column is left out", () => {
  const masked = { ...NOTHING, reach: Int32Array.of(0, 1), columns: Uint8Array.of(1, 0) };
  expect([...(maskCells(masked, 2, 2, 1) ?? [])]).toEqual([1, 1, 1, 0]);
  expect(maskCells(NOTHING, 2, 2, 1)).toBeNull();
});

it("is so in both halves where A and B stand beside each other", () => {
  const masked = { ...NOTHING, reach: Int32Array.of(0, 1) };
  expect([...(maskCells(masked, 2, 2, 2) ?? [])]).toEqual([0, 1, 0, 1, 0, 0, 0, 0]);
});
