import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PluginApi } from "../../../api/plugin";
import { activeHeads, head, layer, run, tag } from "../../../state/chosen";
import { NOTHING, shown } from "../../../state/data";
import { knownRuns, shownCapture } from "../../../state/scope";
import { TestServer } from "../../../testing";
import { columns, plotSize, queryScroll, rowHeight, scrolling } from "./state";
import { zoomBy } from "./zoom";

const TOKENS = 200;
const [WIDTH, HEIGHT] = [800, 400];
const FRAME = 16;
/** Longer than columns take to come to rest. */
const LONG = 200;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
beforeEach(async () => {
  // Labels have no width here.
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
  vi.stubGlobal("requestAnimationFrame", (task: () => void) => setTimeout(task, FRAME));
  const server = new TestServer();
  server.runs = { r: { t: { steps: [0], tokens: TOKENS, layers: 1, heads: 1 } } };
  const [api, { signal }] = [new PluginApi(server), new AbortController()];
  knownRuns.value = await api.runs(signal, () => {});
  shownCapture.value = await api.capture({ run: "r", tag: "t", step: 0, version: "" }, signal);
  [run.value, tag.value, layer.value, head.value] = ["r", "t", 0, 0];
  activeHeads.value = "all";
  const weights = { step: 0, block: 1, exact: true, layer: 0, heads: 1, queries: TOKENS };
  const data = new Float32Array(TOKENS * TOKENS).fill(0.1);
  shown.value = {
    ...NOTHING,
    weights: { ...weights, keys: TOKENS, data, show: "weight", norms: null },
  };
  plotSize.value = { width: WIDTH, height: HEIGHT };
  [rowHeight.value, queryScroll.value, scrolling.value] = [20, 0, false];
  vi.useFakeTimers();
});

/** The wheel turns once a frame. */
function turn(direction: 1 | -1, times: number): void {
  for (let time = 0; time < times; time++) {
    zoomBy(direction);
    vi.advanceTimersByTime(FRAME);
  }
}

it("keeps the middle where it is", () => {
  queryScroll.value = 1000;
  turn(1, 1);
  expect(columns.value?.rowHeight).toBeCloseTo(26);
  expect((queryScroll.value + HEIGHT / 2) / 26).toBeCloseTo((1000 + HEIGHT / 2) / 20);
});

it("rests once the wheel does, also where rows can become no flatter", () => {
  turn(-1, 15);
  expect(columns.value?.rowHeight).toBe(HEIGHT / TOKENS);
  expect(scrolling.value).toBe(true);
  turn(-1, 15);
  expect(scrolling.value).toBe(true);
  vi.advanceTimersByTime(LONG);
  expect(scrolling.value).toBe(false);
  // Nothing moves where nothing can.
  turn(-1, 1);
  expect(scrolling.value).toBe(false);
});
