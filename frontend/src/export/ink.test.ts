import { expect, it } from "vitest";
import { inkOf } from "./ink";

function pixels(rows: readonly string[]): Uint8ClampedArray {
  return new Uint8ClampedArray(
    rows.flatMap((row) =>
      [...row].flatMap((each) => (each === "#" ? [9, 9, 9, 255] : [255, 255, 255, 255])),
    ),
  );
}

it("is the smallest box about what is drawn", () => {
  const drawn = pixels([".....", "..#..", ".....", "...#.", "....."]);
  expect(inkOf(drawn, 5)).toEqual({ left: 2, top: 1, width: 2, height: 3 });
});

it("is nothing where all pixels are the same", () => {
  expect(inkOf(pixels(["...", "..."]), 3)).toBeNull();
});
