import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PluginApi } from "../../../api/plugin";
import { activeHeads, head, layer, run, tag } from "../../../state/chosen";
import { NOTHING, shown } from "../../../state/data";
import { knownRuns, shownCapture } from "../../../state/scope";
import { TestServer } from "../../../testing";
import {
  edgesAtRest,
  listedRows,
  pictureEdges,
  plotSize,
  queryScroll,
  rowHeight,
  rowsInView,
  scrolling,
} from "./state";

const TOKENS = 20;
const ROW = 40;

afterEach(() => vi.unstubAllGlobals());
beforeEach(async () => {
  // Labels have no width here.
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
  const server = new TestServer();
  server.runs = { r: { t: { steps: [0], tokens: TOKENS, layers: 1, heads: 1 } } };
  const [api, { signal }] = [new PluginApi(server), new AbortController()];
  knownRuns.value = await api.runs(signal, () => {});
  shownCapture.value = await api.capture({ run: "r", tag: "t", step: 0, version: "" }, signal);
  [run.value, tag.value, layer.value, head.value] = ["r", "t", 0, 0];
  activeHeads.value = "all";
  const data = new Float32Array(TOKENS * TOKENS).fill(0.1);
  const weights = { step: 0, block: 1, exact: true, layer: 0, heads: 1, queries: TOKENS };
  shown.value = {
    ...NOTHING,
    weights: { ...weights, keys: TOKENS, data, show: "weight", norms: null },
  };
  plotSize.value = { width: 800, height: 4 * ROW };
  [rowHeight.value, queryScroll.value, scrolling.value] = [ROW, 0, false];
});

it("draws the rows in view while the columns move, and speaks of those at rest", () => {
  const before = edgesAtRest.value;
  expect(before).toBe(pictureEdges.value);
  expect(before?.count).toBe(4 * TOKENS);
  expect(listedRows()).toEqual([0, 4]);
  scrolling.value = true;
  queryScroll.value = 5 * ROW;
  expect(rowsInView()).toEqual([5, 9]);
  expect(pictureEdges.value?.query.every((query) => query >= 5)).toBe(true);
  expect(edgesAtRest.value).toBe(before);
  expect(listedRows()).toEqual([0, 4]);
  scrolling.value = false;
  expect(edgesAtRest.value).toBe(pictureEdges.value);
  expect(edgesAtRest.value?.query.every((query) => query >= 5)).toBe(true);
  expect(listedRows()).toEqual([5, 9]);
});
