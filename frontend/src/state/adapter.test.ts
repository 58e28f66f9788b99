import { beforeEach, describe, expect, it } from "vitest";
import { adapterTwin, compareAdapter, twinOf } from "./adapter";
import { run, tag } from "./chosen";
import { compareMode, withRun, withStep, withTag } from "./compare";
import { knownRuns } from "./scope";

function known(...names: readonly string[]): void {
  const probe = { tag: "she", steps: [0], wall_times: [0], versions: [""], tokens: 4 };
  const runs = names.map((name) => ({ run: name, tags: [probe] }));
  knownRuns.value = { version: 1 as const, loading: false, runs, problems: [] };
}

describe("the run of the same training without its adapter", () => {
  it.each([
    [".", "without-adapter", false],
    ["without-adapter", ".", true],
    ["lora/a", "lora/a/without-adapter", false],
    ["lora/a/without-adapter", "lora/a", true],
    ["not-without-adapter", "not-without-adapter/without-adapter", false],
  ])("of %s is %s", (name, twin, adapted) => {
    expect(twinOf(name)).toEqual({ run: twin, adapted });
  });
});

describe("comparing an adapter", () => {
  beforeEach(() => {
    run.value = "lora";
    tag.value = "she";
    compareMode.value = "off";
    withRun.value = withTag.value = null;
    withStep.value = "first";
  });

  it("is not offered where the probe was not logged without it", () => {
    known("lora", "other/without-adapter");
    expect(adapterTwin.value).toBeNull();
    compareAdapter();
    expect(compareMode.value).toBe("off");
  });

  it("is with the same probe and step of the other run, whichever probe is shown", () => {
    known("lora", "lora/without-adapter");
    compareAdapter();
    expect([compareMode.value, withRun.value, withTag.value, withStep.value]).toEqual([
      "difference",
      "lora/without-adapter",
      null,
      "same",
    ]);
  });

  it("keeps two pictures where these are shown, and works from the other side", () => {
    known("lora", "lora/without-adapter");
    run.value = "lora/without-adapter";
    compareMode.value = "both";
    compareAdapter();
    expect([compareMode.value, withRun.value]).toEqual(["both", "lora"]);
  });
});
