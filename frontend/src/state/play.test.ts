import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { run, tag, wantedStep } from "./chosen";
import { busy } from "./data";
import { visible } from "./host";
import { followPlay, playing, speed, togglePlay } from "./play";
import { knownRuns } from "./scope";
import { step } from "./selection";

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  const steps = [0, 10, 20];
  knownRuns.value = {
    version: 1,
    loading: false,
    problems: [],
    runs: [{ run: "r", tags: [{ tag: "t", steps, wall_times: [], versions: [], tokens: 4 }] }],
  };
  run.value = "r";
  tag.value = "t";
  wantedStep.value = 0;
  busy.value = false;
  visible.value = true;
  stop = followPlay();
});

afterEach(() => {
  playing.value = false;
  speed.value = 1;
  stop();
  vi.useRealTimers();
});

it("goes from step to step and stops at the last", () => {
  togglePlay();
  vi.advanceTimersByTime(500);
  expect(step.value).toBe(10);
  vi.advanceTimersByTime(5000);
  expect([step.value, playing.value]).toEqual([20, false]);
});

it("begins anew from the last step", () => {
  wantedStep.value = 20;
  togglePlay();
  expect([step.value, playing.value]).toEqual([0, true]);
});

it("waits for what is loading, and while the tab is hidden", () => {
  togglePlay();
  busy.value = true;
  vi.advanceTimersByTime(5000);
  expect(step.value).toBe(0);
  busy.value = false;
  visible.value = false;
  vi.advanceTimersByTime(5000);
  expect(step.value).toBe(0);
  visible.value = true;
  vi.advanceTimersByTime(500);
  expect(step.value).toBe(10);
});

it("stops when told to", () => {
  togglePlay();
  togglePlay();
  vi.advanceTimersByTime(5000);
  expect(step.value).toBe(0);
});

it("is as fast as was chosen", () => {
  speed.value = 4;
  togglePlay();
  vi.advanceTimersByTime(150);
  expect(step.value).toBe(10);
  speed.value = 0.5;
  vi.advanceTimersByTime(500);
  expect(step.value).toBe(10);
  vi.advanceTimersByTime(500);
  expect(step.value).toBe(20);
});
