import { beforeEach, expect, it } from "vitest";
import { checkAlone, checkRun, otherRuns, passesFilter } from "./checked_runs";
import { run, tag } from "./chosen";
import { fields } from "./fields";
import { knownRuns } from "./scope";

const address = fields().get("runs");

beforeEach(() => {
  const probe = { tag: "t", steps: [0], wall_times: [0], versions: ["a"], tokens: 4 };
  const names = ["a", "b,1%", "c", "d", "e", "f", "g", "h"];
  knownRuns.value = {
    version: 1,
    loading: false,
    problems: [],
    runs: [
      ...names.map((each) => ({ run: each, tags: [probe] })),
      { run: "lacking", tags: [{ ...probe, tag: "u" }] },
    ],
  };
  run.value = "a";
  tag.value = "t";
  address?.parse("");
});

it("draws the first six others that have the probe, until one is chosen", () => {
  expect(otherRuns.value).toEqual(["b,1%", "c", "d", "e", "f", "g"]);
  checkRun("c", false);
  expect(otherRuns.value).toEqual(["b,1%", "d", "e", "f", "g"]);
  checkRun("h", true);
  expect(otherRuns.value).toEqual(["b,1%", "d", "e", "f", "g", "h"]);
});

it("keeps a run among the checked ones when another is shown", () => {
  checkAlone(true);
  expect(otherRuns.value).toEqual([]);
  checkRun("d", true);
  run.value = "d";
  expect(otherRuns.value).toEqual(["a"]);
  checkAlone(false);
  expect(otherRuns.value).toHaveLength(6);
});

it("is held by the address, whatever the names are", () => {
  checkAlone(true);
  expect(address?.print()).toBe(",");
  checkRun("b,1%", true);
  checkRun("c", true);
  const text = address?.print() ?? "";
  checkAlone(false);
  expect(address?.print()).toBe("");
  address?.parse(text);
  expect(otherRuns.value).toEqual(["b,1%", "c"]);
  address?.parse(",");
  expect(otherRuns.value).toEqual([]);
});

it("filters by a regular expression, or by text where it is none", () => {
  const passing = (filter: string): readonly string[] =>
    ["gpt2/lr1", "gpt2/lr2", "bert[x"].filter((each) => passesFilter(each, filter));
  expect(passing("")).toHaveLength(3);
  expect(passing("GPT2/lr[12]$")).toEqual(["gpt2/lr1", "gpt2/lr2"]);
  expect(passing("lr1|bert")).toEqual(["gpt2/lr1", "bert[x"]);
  expect(passing("bert[")).toEqual(["bert[x"]);
});
