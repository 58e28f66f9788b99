import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PluginApi } from "../api/plugin";
import { serverSource } from "../host/server";
import { TestServer } from "../testing";
import { beginAnew } from "../testing_tab";
import { head, layer, pins, query, run, tag, view, wantedStep } from "./chosen";
import { busy, capture, neurons, problem, row, shown, thumbnails, weights } from "./data";
import { visible } from "./host";
import { Loader } from "./load";
import { knownRuns } from "./scope";
import { step } from "./selection";
import { first as leavesOut } from "./show";
import { applyHash } from "./url";

const small = { steps: [0, 1, 2, 3], tokens: 3, layers: 3, heads: 4 };
let server: TestServer;
let loader: Loader;
let stop: () => void;

beforeEach(() => {
  beginAnew();
  applyHash("#attention&p.attention.view=head");
  server = new TestServer();
  server.runs = { a: { x: small }, b: { x: { ...small, steps: [1], layers: 1, heads: 2 } } };
  loader = new Loader(new PluginApi(server));
});

afterEach(() => stop());

async function settled(): Promise<void> {
  await vi.waitFor(() => {
    if (busy.value || knownRuns.value === null) throw new Error("still loading");
  });
  // The steps ahead are fetched after that.
  await new Promise((resolve) => setTimeout(resolve, 20));
}

async function started(): Promise<void> {
  stop = loader.start();
  await settled();
}

const first = (): number | undefined => weights.value?.data[0];

describe("Loader", () => {
  it("chooses the first run and tag and shows their newest step", async () => {
    await started();
    expect([run.value, tag.value, step.value, first()]).toEqual(["a", "x", 3, 3]);
    expect(capture.value?.step).toBe(3);
  });

  it("fetches the neighbouring steps ahead, so that the next one needs no request", async () => {
    wantedStep.value = 1;
    await started();
    const before = server.asked.length;
    expect(
      server.asked
        .filter((each) => each.startsWith("weights"))
        .map((each) => /step=(\d)/.exec(each)?.[1]),
    ).toEqual(["1", "2", "0"]);
    wantedStep.value = 2;
    await vi.waitFor(() => expect(first()).toBe(2));
    await settled();
    expect(server.asked.slice(before).map((each) => /step=(\d)/.exec(each)?.[1])).toEqual([
      "3",
      "3",
    ]);
  });

  it("keeps what is shown until the next is there, tokens and numbers together", async () => {
    wantedStep.value = 0;
    await started();
    server.hold = "weights?run=a&tag=x&step=3";
    wantedStep.value = 3;
    await vi.waitFor(() =>
      expect(
        server.asked.some((each) => each.startsWith("weights") && each.includes("step=3")),
      ).toBe(true),
    );
    expect([capture.value?.step, first(), busy.value]).toEqual([0, 0, true]);
    server.release();
    await settled();
    expect([capture.value?.step, first(), busy.value]).toEqual([3, 3, false]);
  });

  it("drops an answer that comes late", async () => {
    wantedStep.value = 0;
    await started();
    server.hold = "weights?run=a&tag=x&step=3";
    wantedStep.value = 3;
    await vi.waitFor(() => expect(busy.value).toBe(true));
    wantedStep.value = 1;
    await settled();
    server.release();
    await settled();
    expect(first()).toBe(1);
  });

  it("goes back to what is shown without asking, and drops what was on its way", async () => {
    wantedStep.value = 0;
    await started();
    server.hold = "step=3";
    wantedStep.value = 3;
    await vi.waitFor(() => expect(busy.value).toBe(true));
    const before = server.asked.length;
    wantedStep.value = 0;
    expect(busy.value).toBe(false);
    server.release();
    await settled();
    expect([first(), server.asked.length]).toEqual([0, before]);
  });

  it("loads for the active view only", async () => {
    await started();
    expect(server.asked.some((each) => /^(thumbnails|neurons|row)/.test(each))).toBe(false);
    view.value = "model";
    await settled();
    expect(thumbnails.value?.layers).toEqual([0, 1, 2]);
    expect(shown.value.headWeights.map((each) => [each.layer, each.head])).toEqual([[0, 0]]);
    pins.value = [{ layer: 2, head: 1 }];
    await vi.waitFor(() => expect(shown.value.headWeights).toHaveLength(2));
    view.value = "neuron";
    await settled();
    expect([neurons.value?.head, row.value?.query]).toEqual([0, 2]);
    query.value = 1;
    await vi.waitFor(() => expect(row.value?.query).toBe(1));
  });

  it("does not keep the numbers of another step for another view", async () => {
    await started();
    view.value = "model";
    await settled();
    wantedStep.value = 0;
    await settled();
    expect([weights.value, thumbnails.value?.step]).toEqual([null, 0]);
  });

  it("keeps the weights of enlarged heads as they are while only thumbnails are others", async () => {
    view.value = "model";
    pins.value = [{ layer: 2, head: 1 }];
    await started();
    const [before, all] = [shown.value.headWeights, thumbnails.value];
    expect(before).toHaveLength(2);
    leavesOut.value = "hide";
    await settled();
    expect(thumbnails.value).not.toBe(all);
    expect(shown.value.headWeights).toBe(before);
    wantedStep.value = 0;
    await settled();
    expect(shown.value.headWeights.map((each) => each.step)).toEqual([0, 0]);
    pins.value = [];
    await settled();
    expect(shown.value.headWeights.map((each) => each.head)).toEqual([0]);
  });

  it("has a row but no neurons where only weights were logged", async () => {
    server.runs = { a: { x: { ...small, weightsOnly: true } } };
    view.value = "neuron";
    await started();
    expect([neurons.value, row.value?.scores, row.value?.heads]).toEqual([null, null, 4]);
    expect(server.asked.some((each) => each.startsWith("neurons"))).toBe(false);
  });

  it("brings layer and head to what another run has", async () => {
    await started();
    layer.value = 2;
    head.value = 3;
    await settled();
    run.value = "b";
    await settled();
    expect([layer.value, head.value, step.value, first()]).toEqual([0, 1, 1, 1]);
  });

  it("says what went wrong, keeps what was shown, and tries again", async () => {
    await started();
    server.refuse = "step=0";
    wantedStep.value = 0;
    await settled();
    expect([problem.value, first()]).toEqual(["That is not there.", 3]);
    server.refuse = null;
    await loader.refresh();
    await settled();
    expect([problem.value, first()]).toEqual([null, 0]);
  });

  it("shows the new version of a step that a restarted run wrote", async () => {
    await started();
    const before = server.asked.length;
    server.runs = { a: { x: { ...small, version: "new" } } };
    await loader.refresh();
    await settled();
    expect(server.asked.slice(before).some((each) => each.includes("v=new3"))).toBe(true);
  });

  it("follows a run that is still written, unless a step was chosen", async () => {
    await started();
    server.runs = { a: { x: { ...small, steps: [0, 1, 2, 3, 4] } } };
    await loader.refresh();
    await settled();
    expect([step.value, first()]).toEqual([4, 4]);
    wantedStep.value = 4;
    server.runs = { a: { x: { ...small, steps: [0, 1, 2, 3, 4, 5] } } };
    await loader.refresh();
    expect(step.value).toBe(4);
  });

  it("does nothing while the tab is hidden", async () => {
    await started();
    visible.value = false;
    const before = server.asked.length;
    wantedStep.value = 0;
    await settled();
    expect(server.asked).toHaveLength(before);
    visible.value = true;
    await settled();
    expect(first()).toBe(0);
  });

  it("gives up what is on its way while the tab is hidden, and goes on afterwards", async () => {
    await started();
    server.hold = "step=0";
    wantedStep.value = 0;
    await vi.waitFor(() => expect(busy.value).toBe(true));
    visible.value = false;
    server.release();
    await settled();
    expect([busy.value, first(), problem.value]).toEqual([false, 3, null]);
    const before = server.asked.length;
    server.runs = { a: { x: { ...small, steps: [0, 1, 2, 3, 4] } } };
    await loader.refresh();
    expect(server.asked).toHaveLength(before);
    visible.value = true;
    await settled();
    expect([first(), knownRuns.value?.runs[0]?.tags[0]?.steps.length]).toEqual([0, 5]);
  });

  it("asks again while the server still reads the log directory", async () => {
    vi.useFakeTimers();
    server.loading = true;
    server.runs = {};
    stop = loader.start();
    await vi.advanceTimersByTimeAsync(1500);
    server.loading = false;
    server.runs = { a: { x: small } };
    await vi.advanceTimersByTimeAsync(5000);
    vi.useRealTimers();
    await settled();
    expect([server.asked.filter((each) => each === "runs").length, run.value]).toEqual([3, "a"]);
  });

  it("says that TensorBoard is gone", async () => {
    await started();
    stop();
    const gone = serverSource(() => Promise.reject(new TypeError("Failed to fetch")));
    loader = new Loader(new PluginApi(gone));
    stop = loader.start();
    await loader.refresh();
    expect(problem.value).toContain("does not answer");
  });
});
