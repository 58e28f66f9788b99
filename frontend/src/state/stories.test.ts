import { beforeEach, describe, expect, it } from "vitest";
import type { Story } from "../types";
import { head, key, layer, query, run, tag, view, wantedStep } from "./chosen";
import { compareMode, withStep } from "./compare";
import { writeHash } from "./hash";
import { metric } from "./overview";
import { chosenStory, headsOf, inOrderOf, openStory, stories, storyBy, storyNow } from "./stories";
import { applyHash, printSelection } from "./url";

function told(of: Partial<Story> & { readonly kind?: string }): Story {
  const { kind = "type born", ...rest } = of;
  const heads = rest.head ? [rest.head] : [];
  return {
    run: "a",
    tag: "x",
    headline: "Four heads learned to copy.",
    detail: "",
    finding: {
      kind,
      level: "note",
      sentence: "",
      stack: "decoder",
      layers: [1],
      heads,
      steps: [130, 140],
      metric: "induction",
      query: null,
      key: null,
      size: 0.7,
    },
    stack: "decoder",
    head: null,
    heads,
    metric: "induction",
    before: 20,
    after: 290,
    query: null,
    key: null,
    strength: 1,
    lesson: "induction",
    label: "induction",
    values: [0.05, 0.76],
    ...rest,
  };
}

const first = told({
  head: [1, 0],
  heads: [
    [1, 0],
    [1, 3],
  ],
});
const second = told({
  run: "b",
  head: [0, 2],
  before: null,
  after: 7,
  metric: null,
  query: 4,
  key: 2,
});
const third = told({ kind: "matters", head: [1, 0] });

beforeEach(() => {
  applyHash("");
  stories.value = [];
});

describe("the order of stories", () => {
  it("is that in which they were told first: what comes late stands behind", () => {
    const before = inOrderOf([], [second], true);
    const after = inOrderOf(before, [first, third, second], true);
    expect(after.map((each) => each.run)).toEqual(["b", "a", "a"]);
  });

  it("keeps what an answer that is not whole leaves out", () => {
    const before = inOrderOf([], [first, second], true);
    expect(inOrderOf(before, [second], false).map((each) => each.run)).toEqual(["a", "b"]);
    expect(inOrderOf(before, [second], true).map((each) => each.run)).toEqual(["b"]);
  });

  it("knows a story again whose last step has moved on", () => {
    const before = inOrderOf([], [first, second], true);
    const after = inOrderOf(before, [second, { ...first, after: 300 }], true);
    expect(after.map((each) => [each.run, each.after])).toEqual([
      ["a", 300],
      ["b", 7],
    ]);
  });

  it("counts what has the same name", () => {
    const ids = inOrderOf([], [first, first, third], true).map((each) => each.id);
    expect(ids).toEqual([
      "type born.induction.1.0",
      "type born.induction.1.0.2",
      "matters.induction.1.0",
    ]);
  });
});

it("names the heads of a story once, the one to look at first", () => {
  expect(
    headsOf(
      told({
        head: [1, 3],
        heads: [
          [1, 0],
          [1, 3],
        ],
      }),
    ),
  ).toEqual([
    { layer: 1, head: 3 },
    { layer: 1, head: 0 },
  ]);
});

describe("a story that is opened", () => {
  it("brings its run, head, metric and steps, in the address", () => {
    stories.value = inOrderOf([], [first, second], true);
    const [opened] = stories.value;
    if (opened) openStory(opened);
    expect([run.value, tag.value, layer.value, head.value]).toEqual(["a", "x", 1, 0]);
    expect([wantedStep.value, withStep.value, compareMode.value]).toEqual([290, 20, "both"]);
    expect([metric.value, view.value]).toEqual(["induction", "story"]);
    expect(storyNow.value?.id).toBe(opened?.id);
    const address = writeHash("#attention", printSelection());
    applyHash("");
    expect(storyNow.value).toBeNull();
    applyHash(address);
    expect(storyNow.value?.id).toBe(opened?.id);
  });

  it("of one step is compared with nothing", () => {
    stories.value = inOrderOf([], [first, second], true);
    storyBy(1);
    storyBy(1);
    expect([run.value, wantedStep.value, compareMode.value]).toEqual(["b", 7, "off"]);
    expect([query.value, key.value, metric.value]).toEqual([4, 2, "induction"]);
  });

  it("is followed by the next, and the last one by the first", () => {
    stories.value = inOrderOf([], [first, second, third], true);
    const seen: string[] = [];
    for (let time = 0; time < 4; time++) {
      storyBy(1);
      seen.push(chosenStory.value);
    }
    const [a, b, c] = stories.value.map((each) => each.id);
    expect(seen).toEqual([a, b, c, a]);
    storyBy(-1);
    expect(chosenStory.value).toBe(c);
  });

  it("is on the screen as long as one of its heads is", () => {
    stories.value = inOrderOf([], [first], true);
    storyBy(1);
    head.value = 3;
    expect(storyNow.value).not.toBeNull();
    wantedStep.value = 50;
    expect(storyNow.value).not.toBeNull();
    head.value = 1;
    expect(storyNow.value).toBeNull();
  });
});
