import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { slowly } from "./slow";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("follows at once after a pause, then at its own pace, and never misses the last value", () => {
  const source = signal(0);
  const slow = slowly(source, 100);
  source.value = 1;
  expect(slow.value).toBe(1);
  source.value = 2;
  source.value = 3;
  expect(slow.value).toBe(1);
  vi.advanceTimersByTime(100);
  expect(slow.value).toBe(3);
  vi.advanceTimersByTime(1000);
  source.value = 4;
  expect(slow.value).toBe(4);
});

it("does nothing where the value comes back before it was shown", () => {
  const source = signal("a");
  const slow = slowly(source, 100);
  source.value = "b";
  source.value = "c";
  source.value = "b";
  vi.advanceTimersByTime(100);
  expect(slow.value).toBe("b");
});
