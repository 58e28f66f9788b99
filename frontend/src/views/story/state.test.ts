import { beforeEach, describe, expect, it } from "vitest";
import { NOT_ASKED } from "../../state/ask";
import { run, tag } from "../../state/chosen";
import { askedMetrics, probeKey } from "../../state/histories";
import type { ToldStory } from "../../state/stories";
import type { Metrics } from "../../types";
import { numberText } from "./state";

const story = {
  run: "other",
  tag: "text",
  metric: "first_token",
  label: "first token",
  values: [0.05, 0.42],
  head: [1, 0],
  heads: [[1, 0]],
  finding: { size: 0.37, steps: [0, 10] },
} as unknown as ToldStory;

describe("numberText", () => {
  beforeEach(() => {
    askedMetrics.value = NOT_ASKED;
  });

  it("says of another probe what the numbers are of", () => {
    expect(numberText(story)).toBe("first token 0.05 → 0.42");
    expect(numberText({ ...story, values: [null, 0.42] })).toBe("first token 0.42");
  });

  it("says of this probe as well what the numbers are of", () => {
    [run.value, tag.value] = ["one", "probe"];
    const value: Metrics = {
      steps: [0, 10],
      rows: [{ stack: "decoder", layer: 1 }],
      heads: 1,
      names: ["entropy", "first_token"],
      words: [],
      numbers: [],
      data: Float32Array.of(0.9, 2.25, 0.8, 4.5),
    };
    askedMetrics.value = { of: probeKey("one", "probe"), value, problem: null };
    const own: ToldStory = { ...story, run: "one", tag: "probe", before: 0, after: 10 };
    expect(numberText({ ...own, stack: "decoder" })).toBe("first token 2.3 → 4.5");
  });

  it("says one number of what is so at one step, where nothing changed", () => {
    const ofOne = { ...story.finding, steps: [10] };
    expect(numberText({ ...story, finding: ofOne })).toBe("first token 0.42");
  });

  it("is empty where no number is known, as of whole layers", () => {
    expect(numberText({ ...story, values: [null, null] })).toBe("");
  });
});
