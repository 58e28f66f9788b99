import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClickOrDouble } from "./click";

let said: string[];
let clicks: ClickOrDouble<number>;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  clicks = new ClickOrDouble<number>(
    (target) => said.push(`single ${target}`),
    (target) => said.push(`double ${target}`),
  );
});

afterEach(() => vi.useRealTimers());

it("waits before it calls a click single", () => {
  clicks.click(3, 1);
  expect(said).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(said).toEqual(["single 3"]);
});

it("makes one double of two clicks", () => {
  clicks.click(3, 1);
  clicks.click(3, 2);
  vi.advanceTimersByTime(300);
  expect(said).toEqual(["double 3"]);
});

it("takes clicks on two targets as two", () => {
  clicks.click(3, 1);
  clicks.click(4, 1);
  vi.advanceTimersByTime(300);
  expect(said).toEqual(["single 3", "single 4"]);
});

it("does not wait for a key", () => {
  clicks.click(3, 0);
  expect(said).toEqual(["single 3"]);
});

it("still isolates when the second click comes late", () => {
  clicks.click(3, 1);
  vi.advanceTimersByTime(300);
  clicks.click(3, 2);
  expect(said).toEqual(["single 3", "double 3"]);
});
