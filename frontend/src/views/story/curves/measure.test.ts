import { beforeEach, expect, it } from "vitest";
import { PluginApi } from "../../../api/plugin";
import { NOT_ASKED } from "../../../state/ask";
import { head, key, layer, query, run, tag } from "../../../state/chosen";
import { askedMetrics, askedPair, probeKey } from "../../../state/histories";
import { pairKey } from "../../../state/load_histories";
import { metric } from "../../../state/overview";
import { knownRuns, shownCapture } from "../../../state/scope";
import { stories, type ToldStory } from "../../../state/stories";
import { TestServer } from "../../../testing";
import { measure } from "./measure";
import { headLines, range } from "./state";

const STEPS = [0, 10];

beforeEach(async () => {
  const server = new TestServer();
  server.runs = { r: { t: { steps: STEPS, tokens: 4, layers: 1, heads: 2 } } };
  const [api, { signal }] = [new PluginApi(server), new AbortController()];
  knownRuns.value = await api.runs(signal, () => {});
  shownCapture.value = await api.capture({ run: "r", tag: "t", step: 10, version: "" }, signal);
  [run.value, tag.value, layer.value, head.value] = ["r", "t", 0, 1];
  [query.value, key.value, metric.value] = [3, 1, "entropy"];
  const finding = { query: 3, key: 1, steps: STEPS, layers: [0] };
  stories.value = [
    { id: "one", run: "r", tag: "t", stack: "decoder", head: [0, 1], heads: [[0, 1]], finding },
  ] as unknown as ToldStory[];
  askedMetrics.value = {
    of: probeKey("r", "t"),
    value: {
      steps: STEPS,
      rows: [{ stack: "decoder", layer: 0 }],
      heads: 2,
      names: ["entropy"],
      words: [],
      numbers: [],
      data: Float32Array.of(0.1, 0.2, 2.5, 3.5),
    },
    problem: null,
  };
  const weights = Float32Array.of(0.25, 0.125, 0.5, 0.75);
  askedPair.value = {
    of: pairKey(shownCapture.value),
    value: { steps: STEPS, layers: [0], heads: 2, weights, done: true, progress: 1 },
    problem: null,
  } as unknown as typeof askedPair.value;
});

it("is the weight of the pair that a story is about", () => {
  expect(measure.value?.label).toMatch(/^weight from .+ to .+/);
  expect(headLines.value.map((each) => Array.from(each.values))).toEqual([[0.125, 0.75]]);
  expect(range.value).toEqual([0, 1]);
  expect(measure.value?.text(0.75)).toBe("0.7500");
});

it("waits for it, and draws no other number in its place", () => {
  askedPair.value = NOT_ASKED;
  expect([measure.value, headLines.value]).toEqual([null, []]);
});

it("is the metric where another pair is chosen, or the story is about none", () => {
  key.value = 0;
  expect(measure.value?.label).toBe("entropy");
  expect(headLines.value.map((each) => each.values.length)).toEqual([2]);
});
