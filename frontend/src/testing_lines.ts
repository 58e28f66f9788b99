/** For tests: one head whose weights are all alike, as lines. */

import { PluginApi } from "./api/plugin";
import { activeHeads, head, layer, run, tag } from "./state/chosen";
import { NOTHING, shown } from "./state/data";
import { knownRuns, shownCapture } from "./state/scope";
import { TestServer } from "./testing";
import { plotSize, queryScroll, rowHeight, scrolling } from "./views/head/lines/state";

/** Shows `tokens` in rows of `row` pixels, at their top, in a picture of a size. */
export async function showEvenWeights(
  tokens: number,
  row: number,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  const server = new TestServer();
  server.runs = { r: { t: { steps: [0], tokens, layers: 1, heads: 1 } } };
  const [api, { signal }] = [new PluginApi(server), new AbortController()];
  knownRuns.value = await api.runs(signal, () => {});
  shownCapture.value = await api.capture({ run: "r", tag: "t", step: 0, version: "" }, signal);
  [run.value, tag.value, layer.value, head.value] = ["r", "t", 0, 0];
  activeHeads.value = "all";
  const weights = { step: 0, block: 1, exact: true, layer: 0, heads: 1, queries: tokens };
  const data = new Float32Array(tokens * tokens).fill(0.1);
  shown.value = {
    ...NOTHING,
    weights: { ...weights, keys: tokens, data, show: "weight", norms: null },
  };
  plotSize.value = size;
  [rowHeight.value, queryScroll.value, scrolling.value] = [row, 0, false];
}
