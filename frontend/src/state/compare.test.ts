import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PluginApi } from "../api/plugin";
import { TestServer } from "../testing";
import { beginAnew } from "../testing_tab";
import { layer, run, view, wantedStep } from "./chosen";
import {
  compared,
  compareMode,
  compareWith,
  nextCompareMode,
  otherNeurons,
  otherRow,
  otherThumbnails,
  otherWeights,
  showsBoth,
  showsDifference,
  withName,
  withStep,
  withStepAt,
} from "./compare";
import { busy, failure, neurons, weights } from "./data";
import { Loader } from "./load";
import { knownRuns } from "./scope";
import { applyHash, printSelection } from "./url";

const small = { steps: [0, 10, 20], tokens: 3, layers: 3, heads: 4 };
let server: TestServer;
let stop: () => void;

beforeEach(() => {
  beginAnew();
  compared.value = null;
  applyHash("#attention&p.attention.view=head&p.attention.step=20");
  server = new TestServer();
  server.runs = {
    a: { she: small, he: { ...small, words: [" token0", " he"] }, longer: { ...small, tokens: 4 } },
    b: { she: { ...small, steps: [0, 5, 19], layers: 2 }, other: { ...small, steps: [0, 5, 19] } },
    c: { she: { ...small, steps: [0, 5, 19], weightsOnly: true } },
  };
});

afterEach(() => stop());

async function settled(): Promise<void> {
  await vi.waitFor(() => {
    if (busy.value || knownRuns.value === null) throw new Error("still loading");
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
}

async function started(): Promise<void> {
  stop = new Loader(new PluginApi(server)).start();
  run.value = "a";
  await settled();
}

const both = (): readonly unknown[] => [weights.value?.data[0], otherWeights.value?.data[0]];

describe("compare", () => {
  it("asks for nothing while it is off", async () => {
    await started();
    expect([compared.value, otherWeights.value, showsDifference.value]).toEqual([
      null,
      null,
      false,
    ]);
  });

  it("loads the first step of the same run beside the chosen one", async () => {
    compareMode.value = "difference";
    await started();
    expect([...both(), showsDifference.value, withName.value]).toEqual([20, 0, true, "step 0"]);
  });

  it("shows A and B of one moment when either changes", async () => {
    compareMode.value = "both";
    await started();
    server.hold = "weights?run=a&tag=she&step=10&";
    withStep.value = "previous";
    await vi.waitFor(() => expect(busy.value).toBe(true));
    expect(both()).toEqual([20, 0]);
    server.release();
    await settled();
    expect([...both(), showsBoth.value]).toEqual([20, 10, true]);
    wantedStep.value = 10;
    await settled();
    expect(both()).toEqual([10, 0]);
    layer.value = 2;
    await settled();
    expect(both().map((each) => Number(each).toFixed(2))).toEqual(["10.02", "0.02"]);
  });

  it("compares two prompts of equal length and knows where they differ", async () => {
    compareWith({ run: "a", tag: "he", step: "same" });
    await started();
    expect([...both(), compared.value?.queriesDiffer, withName.value]).toEqual([
      20,
      20,
      [1],
      "he step 20",
    ]);
  });

  it.each([
    [{ run: "a", tag: "longer" }, "3 and 4 tokens"],
    [{ run: "b", tag: "she" }, "3 and 2 layers"],
    [{ run: "c", tag: "he" }, "no probe he"],
  ])("says why %j cannot be compared, and shows A", async (wanted, words) => {
    compareWith({ ...wanted, step: "same" });
    await started();
    expect(compared.value?.problem).toContain(words);
    expect([...both(), showsDifference.value, failure.value]).toEqual([20, undefined, false, null]);
  });

  it("says what the server said of B, and shows A", async () => {
    compareMode.value = "difference";
    server.refuse = "weights?run=a&tag=she&step=0";
    await started();
    expect([compared.value?.problem, failure.value, ...both()]).toEqual([
      "That is not there.",
      null,
      20,
      undefined,
    ]);
  });

  it("has weights of a run that logged nothing but weights, and no neurons", async () => {
    compareWith({ run: "c", tag: "she", step: "same" });
    view.value = "neuron";
    await started();
    expect([neurons.value?.step, otherNeurons.value, otherRow.value?.weights[0]]).toEqual([
      20,
      null,
      19,
    ]);
  });

  it("keeps B's numbers for other views, and loads those of the new one", async () => {
    compareMode.value = "difference";
    await started();
    view.value = "model";
    await settled();
    expect([otherThumbnails.value?.step, otherWeights.value?.step]).toEqual([0, 0]);
  });
});

it("knows which step is meant", () => {
  stop = () => undefined;
  const steps = [0, 10, 20];
  expect([
    withStepAt(steps, "first", 20),
    withStepAt(steps, "previous", 20),
    withStepAt(steps, "previous", 0),
  ]).toEqual([0, 10, 0]);
  expect([
    withStepAt(steps, "same", 14),
    withStepAt(steps, 19, 0),
    withStepAt([], "first", 0),
  ]).toEqual([10, 20, null]);
});

it("goes round with one key and is held by the address", () => {
  stop = () => undefined;
  const seen = [0, 1, 2].map(() => {
    nextCompareMode();
    return printSelection().get("compare");
  });
  expect(seen).toEqual(["difference", "both", ""]);
  applyHash("#attention&p.attention.compare=both&p.attention.with_run=b&p.attention.with_step=7");
  expect([compareMode.value, withStep.value, printSelection().get("with_run")]).toEqual([
    "both",
    7,
    "b",
  ]);
});
