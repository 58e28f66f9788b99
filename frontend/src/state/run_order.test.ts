import { beforeEach, expect, it } from "vitest";
import { runColour } from "../host/run_colours";
import { theme } from "./host";
import { colourOfRun, followRunOrder, hostRuns } from "./run_order";
import { knownRuns } from "./scope";

const colour = (place: number): string => runColour(place).light;

function know(...names: string[]): void {
  knownRuns.value = {
    version: 1,
    loading: false,
    problems: [],
    runs: names.map((run) => ({ run, tags: [] })),
  };
}

beforeEach(() => {
  hostRuns.value = [];
  theme.value = "light";
  knownRuns.value = null;
});

it("is that of TensorBoard's list", async () => {
  const asked: number[] = [];
  const stop = followRunOrder(async () => {
    asked.push(1);
    return ["other", "b", "a"].map((name, index) => ({ name, colour: runColour(index) }));
  });
  know("a", "b");
  await Promise.resolve();
  await Promise.resolve();
  expect([colourOfRun("a"), colourOfRun("b")]).toEqual([colour(2), colour(1)]);
  know("b");
  expect(asked.length).toBe(1);
  stop();
});

it("is that of our own list where TensorBoard does not say", async () => {
  const stop = followRunOrder(() => Promise.reject(new Error("no TensorBoard")));
  know("a", "b");
  await Promise.resolve();
  expect([colourOfRun("a"), colourOfRun("b")]).toEqual([colour(0), colour(1)]);
  stop();
});
