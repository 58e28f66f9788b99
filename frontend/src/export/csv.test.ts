import { describe, expect, it } from "vitest";
import { csvCell, csvNumber, csvParts } from "./csv";
import type { Table } from "./table";

describe("a cell", () => {
  it.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ["two\nlines", '"two\nlines"'],
    ["", ""],
    [null, ""],
    [12, "12"],
    ["\0\u0007", "\\x00\\x07"],
  ])("%j is written as %j", (value, text) => expect(csvCell(value)).toBe(text));

  it.each(["=1+1", "+1", "-", "@SUM(A1)", "  =cmd|' /C calc'!A0", "\t=1", "\rx", "＝1"])(
    "%j is no formula to a spreadsheet",
    (value) => expect(csvCell(value).replace(/^"/, "")).toMatch(/^'/),
  );

  it("a negative number stays a number", () => expect(csvCell(-0.5)).toBe("-0.5"));
});

describe("a number", () => {
  it("is read back as the same float32", () => {
    let seed = 1;
    for (let round = 0; round < 5000; round++) {
      seed = (seed * 48271) % 2147483647;
      const weight = Math.fround((seed / 2147483647) ** (1 + (round % 9)));
      expect(Math.fround(Number(csvNumber(weight)))).toBe(weight);
      expect(csvNumber(weight).length).toBeLessThan(17);
    }
  });

  it.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
    [0.1, "0.1"],
    [1e-45, "1e-45"],
    [-4.239430016474216, "-4.239430016474216"],
  ])("%d is %s", (value, text) => expect(csvNumber(value)).toBe(text));
});

it("a table is written in slices, each row once", async () => {
  const table: Table = {
    name: "t",
    label: "",
    columns: ["a", "b"],
    rows: 45_001,
    exact: true,
    note: "",
    row: (index) => [index, "x,y"],
  };
  const done: number[] = [];
  const parts: string[] = [];
  await csvParts(table, async (part, share) => {
    parts.push(part);
    done.push(share);
  });
  const lines = parts.join("").split("\r\n");
  expect([lines[0], lines[1], lines[45_001], lines[45_002]]).toEqual([
    "a,b",
    '0,"x,y"',
    '45000,"x,y"',
    "",
  ]);
  expect(lines.length).toBe(45_003);
  expect(done.length).toBe(11);
  expect(done.at(-1)).toBe(1);
});
