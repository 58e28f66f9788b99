import { beforeEach, describe, expect, it } from "vitest";
import { NOT_ASKED } from "../../state/ask";
import { askedMetrics } from "../../state/histories";
import type { ToldStory } from "../../state/stories";
import { numberText } from "./state";

const story = {
  run: "other",
  tag: "text",
  metric: "first_token",
  label: "first token",
  values: [0.05, 0.42],
  head: [1, 0],
  heads: [[1, 0]],
  finding: { size: 0.37 },
} as unknown as ToldStory;

describe("numberText", () => {
  beforeEach(() => {
    askedMetrics.value = NOT_ASKED;
  });

  it("says of another probe what the numbers are of", () => {
    expect(numberText(story)).toBe("first token 0.05 → 0.42");
    expect(numberText({ ...story, values: [null, 0.42] })).toBe("first token 0.42");
  });

  it("is empty where no number is known, as of whole layers", () => {
    expect(numberText({ ...story, values: [null, null] })).toBe("");
  });
});
