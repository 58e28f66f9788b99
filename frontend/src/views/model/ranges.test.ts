import { expect, it } from "vitest";
import { inRanges, parseRanges } from "./ranges";

it.each([
  ["0-3, 7", [0, 1, 2, 3, 7]],
  ["5", [5]],
  ["3-1", [1, 2, 3]],
  ["2 4,6", [2, 4, 6]],
])("reads %s", (text, expected) => {
  const ranges = parseRanges(text);
  expect(
    Array.from({ length: 9 }, (_, number) => number).filter((number) => inRanges(ranges, number)),
  ).toEqual(expected);
});

it.each(["", " , ", "a", "1-", "-1", "1.5", "99999999"])("takes %j for everything", (text) => {
  expect(parseRanges(text)).toBeNull();
  expect(inRanges(parseRanges(text), 3)).toBe(true);
});
