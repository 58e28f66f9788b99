import { describe, expect, it } from "vitest";
import { NO_TOKENS, PLAIN_LAYER } from "../testing";
import type { Capture, CaptureStack, Layer } from "../types";
import { comparable } from "./comparable";

const layer = (number: number, heads: number): Layer => ({
  ...PLAIN_LAYER,
  layer: number,
  heads,
  key_heads: heads,
});

function capture(
  tokens: readonly string[],
  layers: readonly Layer[],
  stack: CaptureStack["name"] = "decoder",
): Capture {
  const sequence = { ...NO_TOKENS, tokens };
  const stacks = [{ name: stack, query_sequence: 0, key_sequence: 0, layers }];
  return {
    run: "",
    tag: "",
    step: 0,
    wall_time: 0,
    model: "",
    kind: "",
    sequences: [sequence],
    stacks,
    metrics: [],
    notes: [],
    effects: [],
  };
}

const two = [layer(0, 4), layer(1, 4)];
const she = capture(["The", " nurse", " she"], two);

describe("comparable", () => {
  it("finds nothing to say about the same text and model", () => {
    expect(comparable(she, she, "decoder")).toEqual({
      problem: null,
      queriesDiffer: [],
      keysDiffer: [],
    });
  });

  it("names the positions whose tokens differ", () => {
    expect(comparable(she, capture(["A", " nurse", " he"], two), "decoder")).toEqual({
      problem: null,
      queriesDiffer: [0, 2],
      keysDiffer: [0, 2],
    });
  });

  it.each([
    ["3 and 2 tokens", capture(["The", " nurse"], two)],
    ["2 and 1 layers", capture(she.sequences[0]?.tokens ?? [], [layer(0, 4)])],
    [
      "layers differ (0, 1 and 0, 5)",
      capture(she.sequences[0]?.tokens ?? [], [layer(0, 4), layer(5, 4)]),
    ],
    [
      "Layer 1 has 4 and 8 heads",
      capture(she.sequences[0]?.tokens ?? [], [layer(0, 4), layer(1, 8)]),
    ],
    ["no decoder attention", capture(she.sequences[0]?.tokens ?? [], two, "encoder")],
  ])("refuses with a sentence: %s", (words, other) => {
    expect(comparable(she, other, "decoder").problem).toContain(words);
  });
});
