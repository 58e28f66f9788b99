import { describe, expect, it } from "vitest";
import { weightTable } from "./weight_table";

const HEADS = [
  { layer: 2, head: 0, data: Float32Array.of(1, 0, 0.25, 0.75) },
  { layer: 2, head: "mean", data: Float32Array.of(1, 0, 0.5, 0.5) },
];
const GIVEN = { label: "", heads: HEADS, queries: ["a", "b"], keys: ["c", "d"], exact: true };

describe("a table of weights", () => {
  it("has a row for each weight that is not 0, in order", () => {
    const table = weightTable(GIVEN);
    expect(table.columns.slice(4)).toEqual([
      "layer",
      "head",
      "query",
      "query_token",
      "key",
      "key_token",
      "weight",
    ]);
    expect(Array.from({ length: table.rows }, (_, index) => table.row(index).slice(4))).toEqual([
      [2, 0, 0, "a", 0, "c", 1],
      [2, 0, 1, "b", 0, "c", 0.25],
      [2, 0, 1, "b", 1, "d", 0.75],
      [2, "mean", 0, "a", 0, "c", 1],
      [2, "mean", 1, "b", 0, "c", 0.5],
      [2, "mean", 1, "b", 1, "d", 0.5],
    ]);
    expect(table.note).toBe("");
  });

  it("keeps the largest and says so where there are too many", () => {
    const table = weightTable(GIVEN, 4);
    expect(Array.from({ length: table.rows }, (_, index) => table.row(index).at(-1))).toEqual([
      1, 0.75, 1, 0.5,
    ]);
    expect(table.note).toContain("4 largest of 6");
  });
});
