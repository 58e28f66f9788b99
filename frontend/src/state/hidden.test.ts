import { beforeEach, expect, it } from "vitest";
import type { Capture } from "../types";
import { hiddenOf, hiddenText, hides } from "./hidden";
import { shownCapture } from "./scope";
import { first, special, token } from "./show";

const TOKENS = ["<s>", " the", " doctor", " the"];
const layer = { layer: 0, resting: [null, 1, 0] };

beforeEach(() => {
  shownCapture.value = {
    sequences: [{ tokens: TOKENS, special: [true, false, false, false], segments: [] }],
    stacks: [{ name: "decoder", query_sequence: 0, key_sequence: 0, layers: [layer] }],
  } as unknown as Capture;
  first.value = "hide";
  token.value = "first";
  special.value = false;
});

function hidden(head: number | null): readonly number[] | null {
  const found = hiddenOf(layer as never, head);
  return found && [...found];
}

it("is the first token of every head", () => {
  expect([hidden(0), hidden(null)]).toEqual([
    [1, 0, 0, 0],
    [1, 0, 0, 0],
  ]);
  expect(hiddenText()).toBe("the first token");
});

it("is what each head rests on, and nothing in a head that rests nowhere", () => {
  token.value = "resting";
  expect([0, 1, 2].map(hidden)).toEqual([
    [0, 0, 0, 0],
    [0, 1, 0, 0],
    [1, 0, 0, 0],
  ]);
  expect(hidden(null)).toEqual([0, 0, 0, 0]);
  special.value = true;
  expect(hidden(1)).toEqual([1, 1, 0, 0]);
});

it("is the token that was chosen, as long as the text has one there", () => {
  token.value = 3;
  expect(hidden(0)).toEqual([0, 0, 0, 1]);
  expect(hiddenText()).toBe("token 3 (·the)");
  token.value = 4;
  expect([hides.value, hidden(0)]).toEqual([false, null]);
});

it("is nothing while weights are shown as they are", () => {
  first.value = "show";
  expect(hidden(0)).toBeNull();
});
