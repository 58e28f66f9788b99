import { beforeEach, describe, expect, it } from "vitest";
import { readCapture } from "../api/answers/capture";
import { PluginApi } from "../api/plugin";
import { TestServer } from "../testing";
import { activeHeads, head, layer, pins, query, run, tag, wantedStep } from "./chosen";
import { nearest } from "./nearest";
import { knownRuns, shownCapture } from "./scope";
import {
  allHeads,
  chooseLayer,
  chooseStep,
  focusHead,
  followSteps,
  headBy,
  heads,
  isolateHead,
  key,
  layerBy,
  oneHead,
  pinKey,
  pinQuery,
  setHeads,
  step,
  stepBy,
  toggleHead,
  togglePin,
  unpin,
  view,
} from "./selection";

const signal = new AbortController().signal;

beforeEach(async () => {
  const server = new TestServer();
  server.runs = { r: { t: { steps: [0, 100, 200, 500], tokens: 3, layers: 3, heads: 4 } } };
  const api = new PluginApi(server);
  knownRuns.value = await api.runs(signal, () => {});
  shownCapture.value = await api.capture({ run: "r", tag: "t", step: 0, version: "" }, signal);
  run.value = "r";
  tag.value = "t";
  wantedStep.value = null;
  layer.value = 0;
  head.value = 0;
  activeHeads.value = null;
  pins.value = [];
  view.value = "overview";
  unpin();
});

describe("nearest", () => {
  it("takes the lower of two that are as near", () => expect(nearest([0, 10, 20], 15)).toBe(10));
  it("takes the ends beyond them", () =>
    expect([nearest([3, 5], -9), nearest([3, 5], 9)]).toEqual([3, 5]));
  it("leaves the wish where there is nothing", () => expect(nearest([], 7)).toBe(7));
});

describe("heads", () => {
  it("are the focused one alone at first, and all where that is wanted", () => {
    expect(heads.value).toEqual([0]);
    head.value = 2;
    expect(heads.value).toEqual([2]);
    allHeads();
    expect(heads.value).toEqual([0, 1, 2, 3]);
    oneHead();
    expect(heads.value).toEqual([2]);
  });

  it("toggle off and on, in order", () => {
    allHeads();
    toggleHead(2);
    toggleHead(0);
    toggleHead(2);
    expect(heads.value).toEqual([1, 2, 3]);
  });

  it("keep the last one on", () => {
    allHeads();
    for (const each of [0, 1, 2, 3]) toggleHead(each);
    expect(heads.value).toEqual([3]);
  });

  it("isolate and restore", () => {
    allHeads();
    toggleHead(1);
    isolateHead(2);
    expect([heads.value, head.value]).toEqual([[2], 2]);
    isolateHead(2);
    expect(heads.value).toEqual([0, 1, 2, 3]);
  });

  it("that the layer lacks do not count, and come back in a layer that has them", () => {
    setHeads([3]);
    const full = shownCapture.value;
    shownCapture.value = readCapture(fewerHeads(full));
    expect(heads.value).toEqual([0]);
    allHeads();
    expect(heads.value).toEqual([0, 1]);
    setHeads([3]);
    shownCapture.value = full;
    expect(heads.value).toEqual([3]);
  });

  it("are chosen alone, in a layer that exists", () => {
    isolateHead(1);
    focusHead(9, 9);
    expect([layer.value, head.value, heads.value]).toEqual([2, 3, [3]]);
  });

  it("wrap around by key", () => {
    headBy(-1);
    expect(head.value).toBe(3);
    headBy(1);
    expect([head.value, heads.value]).toEqual([0, [0]]);
  });

  it("that the head view shows are gone through by key", () => {
    view.value = "head";
    setHeads([1, 3]);
    headBy(1);
    expect([head.value, heads.value]).toEqual([3, [1, 3]]);
    headBy(1);
    expect(head.value).toBe(1);
    isolateHead(2);
    headBy(1);
    expect([head.value, heads.value]).toEqual([3, [3]]);
  });

  it("that are switched on are chosen, and none that is off stays so", () => {
    focusHead(1, 1);
    toggleHead(3);
    expect([head.value, heads.value]).toEqual([3, [1, 3]]);
    toggleHead(3);
    expect([head.value, heads.value]).toEqual([1, [1]]);
  });

  it("are shown alone one after the other by key where one is alone", () => {
    isolateHead(3);
    headBy(1);
    expect([head.value, heads.value]).toEqual([0, [0]]);
    headBy(-1);
    expect([head.value, heads.value]).toEqual([3, [3]]);
  });
});

describe("steps", () => {
  it("follow the newest until one is chosen", () => {
    expect(step.value).toBe(500);
    chooseStep(160);
    expect(step.value).toBe(200);
    followSteps();
    expect(step.value).toBe(500);
  });

  it("move along what was logged and stop at the ends", () => {
    stepBy(1);
    expect(step.value).toBe(500);
    stepBy(-1);
    stepBy(-1);
    stepBy(-1);
    stepBy(-1);
    expect(step.value).toBe(0);
  });

  it("that a run lacks are remembered for one that has them", () => {
    wantedStep.value = 490;
    expect(step.value).toBe(500);
    expect(wantedStep.value).toBe(490);
  });
});

it("layers are the nearest that exist", () => {
  chooseLayer(8);
  layerBy(1);
  expect(layer.value).toBe(2);
  layerBy(-1);
  expect(layer.value).toBe(1);
});

it("pins only tokens that there are", () => {
  pinQuery(2);
  pinKey(3);
  expect([query.value, key.value]).toEqual([2, null]);
  unpin();
  expect(query.value).toBeNull();
});

it("keeps heads enlarged in their order", () => {
  togglePin({ layer: 1, head: 2 });
  togglePin({ layer: 0, head: 0 });
  togglePin({ layer: 1, head: 2 });
  expect(pins.value).toEqual([{ layer: 0, head: 0 }]);
});

function fewerHeads(capture: typeof shownCapture.value): unknown {
  return {
    ...capture,
    stacks: capture?.stacks.map((each) => ({
      ...each,
      layers: each.layers.map((one) => ({ ...one, heads: 2 })),
    })),
  };
}
