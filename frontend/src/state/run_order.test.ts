import { beforeEach, expect, it } from "vitest";
import { followRunOrder, hostRuns, runPlace } from "./run_order";
import { knownRuns } from "./scope";

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
  knownRuns.value = null;
});

it("is that of TensorBoard's list", async () => {
  const asked: number[] = [];
  const stop = followRunOrder(async () => {
    asked.push(1);
    return ["other", "b", "a"];
  });
  know("a", "b");
  await Promise.resolve();
  await Promise.resolve();
  expect([runPlace("a"), runPlace("b")]).toEqual([2, 1]);
  know("b");
  expect(asked.length).toBe(1);
  stop();
});

it("is that of our own list where TensorBoard does not say", async () => {
  const stop = followRunOrder(() => Promise.reject(new Error("no TensorBoard")));
  know("a", "b");
  await Promise.resolve();
  expect([runPlace("a"), runPlace("b")]).toEqual([0, 1]);
  stop();
});
