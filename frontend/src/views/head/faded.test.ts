import { beforeEach, expect, it } from "vitest";
import { PluginApi } from "../../api/plugin";
import { activeHeads, head, layer, run, tag } from "../../state/chosen";
import { NOTHING, shown } from "../../state/data";
import { knownRuns, shownCapture } from "../../state/scope";
import { first, mean, token, words } from "../../state/show";
import { NO_TOKENS, TestServer } from "../../testing";
import { fadedNames, fadedText, isFaded, sinks } from "./faded";

const TOKENS = 4;
/** Of two heads: the first rests on token 0, the second on token 2. */
const RESTING = [0, 2];

beforeEach(async () => {
  const server = new TestServer();
  server.runs = { r: { t: { steps: [0], tokens: TOKENS, layers: 1, heads: 2 } } };
  const [api, { signal }] = [new PluginApi(server), new AbortController()];
  knownRuns.value = await api.runs(signal, () => {});
  const place = { run: "r", tag: "t", step: 0, version: "" };
  const capture = await api.capture(place, signal);
  const stacks = capture.stacks.map((each) => ({
    ...each,
    layers: each.layers.map((of) => ({ ...of, resting: RESTING })),
  }));
  shownCapture.value = { ...capture, stacks };
  [run.value, tag.value, layer.value, head.value] = ["r", "t", 0, 0];
  activeHeads.value = "all";
  sinks.value = "faded";
  [mean.value, words.value, token.value, first.value] = [false, false, "first", "show"];
  const data = new Float32Array(2 * TOKENS * TOKENS).fill(0.1);
  const weights = { step: 0, block: 1, exact: true, layer: 0, heads: 2, queries: TOKENS };
  shown.value = {
    ...NOTHING,
    weights: { ...weights, keys: TOKENS, data, show: "weight", norms: null },
  };
});

/** "query-key" of all links of a series that step back. */
function faded(place: number): string[] {
  const all = Array.from({ length: TOKENS * TOKENS }, (_, at) => [
    Math.floor(at / TOKENS),
    at % TOKENS,
  ]);
  return all.flatMap(([query = 0, key = 0]) =>
    isFaded(place, query, key) ? `${query}-${key}` : [],
  );
}

it("links to the first token, to what the head rests on, and of a token to itself step back", () => {
  expect(faded(0)).toEqual(["0-0", "1-0", "1-1", "2-0", "2-2", "3-0", "3-3"]);
  expect(faded(1)).toEqual(["0-0", "0-2", "1-0", "1-1", "1-2", "2-0", "2-2", "3-0", "3-2", "3-3"]);
});

it("nothing is left out where no link steps back, as from one text to another", () => {
  expect(fadedNames()).toBe("sink and self");
  const capture = shownCapture.value;
  if (!capture) throw new Error("no capture");
  const stacks = capture.stacks.map((each) => ({
    ...each,
    query_sequence: each.key_sequence + 1,
    layers: each.layers.map((of) => ({ ...of, resting: null })),
  }));
  shownCapture.value = { ...capture, sequences: [...capture.sequences, NO_TOKENS], stacks };
  expect(fadedNames()).toBe("");
  sinks.value = "full";
  expect(fadedNames()).toBe("");
});

it("a mean has the sinks of at least half of its heads", () => {
  mean.value = true;
  expect(faded(0)).toEqual(["0-0", "0-2", "1-0", "1-1", "1-2", "2-0", "2-2", "3-0", "3-2", "3-3"]);
});

it("the token that is meant elsewhere is the sink here", () => {
  token.value = 3;
  expect(faded(0)).toEqual(["0-0", "0-3", "1-1", "1-3", "2-2", "2-3", "3-3"]);
});

it.each(["hide", "renormalise"] as const)("%s: a hidden sink is not said to be faded", (how) => {
  first.value = how;
  activeHeads.value = [0];
  const all = how === "hide" ? 1.2 : 4;
  expect(fadedText(0, TOKENS, all, "what is left")).toMatch(/^Self faded, \d+ % of what is left$/);
  activeHeads.value = [1];
  expect(fadedText(0, TOKENS, all, "what is left")).toMatch(/^Sink \(·token2\) and self faded, /);
  token.value = "resting";
  expect(fadedText(0, TOKENS, all, "what is left")).toMatch(/^Sink \(·token0\) and self faded, /);
  [token.value, mean.value, activeHeads.value] = ["first", true, "all"];
  expect(fadedText(0, TOKENS, all, "what is left")).toMatch(/^Sink \(·token2\) and self faded, /);
});

it("nothing steps back where all is wanted in full", () => {
  sinks.value = "full";
  expect(faded(0)).toEqual([]);
  expect(fadedText(0, TOKENS, 3.2, "the weight")).toBe("");
});

it("says which these are and how much they hold", () => {
  activeHeads.value = [0];
  expect(fadedText(0, TOKENS, 1.6, "the weight")).toBe(
    "Sink (·token0) and self faded, 44 % of the weight",
  );
  token.value = 3;
  expect(fadedText(3, 4, 0.4, "the weight")).toBe(
    "Sink (·token3) and self faded, 25 % of the weight",
  );
});
