import { beforeEach, describe, expect, it } from "vitest";
import type { Capture, Effect, Metrics } from "../types";
import { run, tag, wantedStep } from "./chosen";
import { controls, effectNumbers, effectOf, numberNow, numberOf, standsOut } from "./effects";
import { askedMetrics, probeKey } from "./histories";
import { knownRuns, shownCapture } from "./scope";

const UNKNOWN = Number.NaN;
/** [heads, names] of one step of one layer. */
const VALUES = [
  [0.84, 2],
  [-0.02, 0],
  [UNKNOWN, -0.3],
  [0.01, 0],
  [UNKNOWN, UNKNOWN],
  [0, 0],
  [0.004, 0],
];

const metrics: Metrics = {
  steps: [0],
  rows: [{ stack: "decoder", layer: 0 }],
  heads: 7,
  names: ["loss_effect", "loss_effect_estimate"],
  words: [],
  numbers: [],
  data: Float32Array.from(VALUES.flat()),
};

const place = (head: number): Effect["controls"][number] => ({ stack: "decoder", layer: 0, head });
const effect: Effect = {
  number: "loss",
  unit: "nats",
  value: 3,
  replace: "zero",
  controls: [1, 3, 4, 5, 6].map(place),
  cuts: [],
  answers: null,
};

beforeEach(() => {
  const probe = { tag: "probe", steps: [0], wall_times: [0], versions: ["v"], tokens: 4 };
  knownRuns.value = {
    version: 1,
    loading: false,
    runs: [{ run: "one", tags: [probe] }],
    problems: [],
  };
  [run.value, tag.value, wantedStep.value] = ["one", "probe", 0];
  const stack = { name: "decoder", query_sequence: 0, key_sequence: 0, layers: [] };
  shownCapture.value = { step: 0, stacks: [stack], effects: [effect] } as unknown as Capture;
  askedMetrics.value = { of: probeKey("one", "probe"), value: metrics, problem: null };
});

describe("effects", () => {
  it("are of the numbers that were measured or estimated", () => {
    expect(effectNumbers.value).toEqual(["loss"]);
    expect(numberNow.value).toBe("loss");
    expect(["loss_effect", "answer_effect_estimate", "entropy"].map(numberOf)).toEqual([
      "loss",
      "answer",
      null,
    ]);
  });

  it("are measured ones, else estimates, else unknown", () => {
    expect(effectOf("loss", 0, 0)).toEqual({ value: Math.fround(0.84), exact: true });
    expect(effectOf("loss", 0, 2)).toEqual({ value: Math.fround(-0.3), exact: false });
    expect(effectOf("loss", 0, 4)).toEqual({ value: Number.NaN, exact: false });
  });

  it("are compared with the largest of the random heads, of those that were measured", () => {
    expect(controls.value.get("loss")).toEqual({ count: 4, largest: Math.fround(0.02) });
    expect(controls.value.get("answer")).toBeUndefined();
  });

  it("stand out where they are measured and far larger than that", () => {
    expect(standsOut("loss", { value: 0.84, exact: true })).toBe(true);
    expect(standsOut("loss", { value: -0.84, exact: true })).toBe(true);
    expect(standsOut("loss", { value: 0.05, exact: true })).toBe(false);
    expect(standsOut("loss", { value: 0.84, exact: false })).toBe(false);
    expect(standsOut("answer", { value: 0.84, exact: true })).toBe(false);
    shownCapture.value = {
      ...(shownCapture.value as Capture),
      effects: [{ ...effect, controls: [place(1)] }],
    };
    expect(standsOut("loss", { value: 0.84, exact: true })).toBe(false);
  });
});
