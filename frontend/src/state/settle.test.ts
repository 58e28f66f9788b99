import { expect, it } from "vitest";
import { PluginApi } from "../api/plugin";
import { TestServer } from "../testing";
import { type Choices, runsWith, settleCapture, settleRun } from "./settle";

const server = new TestServer();
const small = { steps: [0], tokens: 3, layers: 2, heads: 4 };
server.runs = { a: { x: small, y: small }, b: { y: small }, empty: {} };
const api = new PluginApi(server);
const signal = new AbortController().signal;
const runs = await api.runs(signal, () => {});
const capture = await api.capture({ run: "a", tag: "x", step: 0, version: "" }, signal);

it.each([
  ["what there is", { run: "b", tag: "y" }, { run: "b", tag: "y" }],
  ["the first of all for nothing", { run: "", tag: "" }, { run: "a", tag: "x" }],
  ["another tag of the wanted run", { run: "b", tag: "x" }, { run: "b", tag: "y" }],
  ["the same tag in another run", { run: "gone", tag: "y" }, { run: "a", tag: "y" }],
  ["no run without tags", { run: "empty", tag: "y" }, { run: "a", tag: "y" }],
])("takes %s", (_, wanted, settled) => {
  expect(settleRun(runs, wanted)).toEqual(settled);
});

it("has no place where nothing was logged", () => {
  expect(settleRun({ ...runs, runs: [] }, { run: "a", tag: "x" })).toBeNull();
});

it("names the runs that have a tag", () => {
  expect(runsWith(runs, "y").map((each) => each.run)).toEqual(["a", "b"]);
});

const plain = {
  show: "weight",
  first: "show",
  token: "first",
  special: false,
  segments: "all",
  segmentShare: false,
} as const;
const none: Choices = {
  stack: null,
  layer: 0,
  head: 0,
  query: null,
  key: null,
  pins: [],
  leftOut: plain,
  exact: false,
};

it("brings what is beyond a capture to what it has", () => {
  const wanted: Choices = {
    stack: "cross",
    layer: 7,
    head: 9,
    query: 3,
    key: 2,
    leftOut: plain,
    exact: true,
    pins: [
      { layer: 1, head: 3 },
      { layer: 2, head: 0 },
    ],
  };
  expect(settleCapture(capture, wanted)).toEqual({
    stack: "decoder",
    leftOut: plain,
    exact: true,
    heads: 4,
    layer: 1,
    head: 3,
    query: null,
    key: 2,
    pins: [{ layer: 1, head: 3 }],
    queries: 3,
    keys: 3,
    weightsOnly: false,
    enlarged: [
      { layer: 1, head: 3 },
      { layer: 1, head: 3 },
    ],
  });
});

it("has nothing to show of a capture without attention", () => {
  expect(settleCapture({ ...capture, stacks: [] }, none)).toBeNull();
});

it("takes a logged head for the neuron view, which has nothing of others", () => {
  const stacks = capture.stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map((layer) => ({ ...layer, logged_heads: [0, 3] })),
  }));
  const some = { ...capture, stacks };
  expect(settleCapture(some, { ...none, head: 2 }, true)?.head).toBe(3);
  expect(settleCapture(some, { ...none, head: 2 }, false)?.head).toBe(2);
  expect(settleCapture(capture, { ...none, head: 2 }, true)?.head).toBe(2);
});

it("shows weights where the lengths of values were not logged", () => {
  const wanted: Choices = { ...none, leftOut: { ...plain, show: "arriving" } };
  const [stack] = capture.stacks;
  if (!stack) throw new Error("the capture has a stack");
  const layers = stack.layers.map((each) => ({ ...each, value_norms: true }));
  const known = { ...capture, stacks: [{ ...stack, layers }] };
  expect(settleCapture(known, wanted)?.leftOut.show).toBe("arriving");
  expect(settleCapture(capture, wanted)?.leftOut).toEqual(plain);
});
