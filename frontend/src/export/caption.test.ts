import { expect, it } from "vitest";
import { wrap } from "./caption";

const width = (text: string): number => [...text].length;

it.each([
  ["a bc def", 5, ["a bc", "def"]],
  ["a  b\n c", 9, ["a b c"]],
  ["long-word-alone x", 6, ["long-w", "ord-al", "one x"]],
  ["אבגדה 👩👩", 3, ["אבג", "דה", "👩👩"]],
  ["", 5, []],
])("breaks %j at %d", (text, room, lines) => expect(wrap(text, room, width)).toEqual(lines));
