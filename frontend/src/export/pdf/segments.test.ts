import { expect, it } from "vitest";
import { segmentsOf } from "./segments";

const latin = (character: string): boolean => character < "\u0100";

it.each([
  ["plain", ["plain"], []],
  ["a → 漢字 b", ["a ", " ", " b"], ["→", "漢字"]],
  // What runs from the right, and marks on letters, is one picture.
  ["a שלום", [], ["a שלום"]],
  ["e\u0301x", [], ["e\u0301x"]],
  ["", [], []],
])("parts %j", (text, known, unknown) => {
  const segments = segmentsOf(text, latin);
  const parts = (which: boolean): string[] =>
    segments.filter((each) => each.known === which).map((each) => each.part);
  expect(parts(true)).toEqual(known);
  expect(parts(false)).toEqual(unknown);
  expect(segments.map((each) => each.part).join("")).toBe(text);
});
