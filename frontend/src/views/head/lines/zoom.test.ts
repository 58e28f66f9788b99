import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { showEvenWeights } from "../../../testing_lines";
import { columns, queryScroll, scrolling } from "./state";
import { zoomBy } from "./zoom";

const TOKENS = 200;
const [WIDTH, HEIGHT] = [800, 400];
const FRAME = 16;
/** Longer than columns take to come to rest. */
const LONG = 200;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
beforeEach(async () => {
  // Labels have no width here.
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
  vi.stubGlobal("requestAnimationFrame", (task: () => void) => setTimeout(task, FRAME));
  await showEvenWeights(TOKENS, 20, { width: WIDTH, height: HEIGHT });
  vi.useFakeTimers();
});

/** The wheel turns once a frame. */
function turn(direction: 1 | -1, times: number): void {
  for (let time = 0; time < times; time++) {
    zoomBy(direction);
    vi.advanceTimersByTime(FRAME);
  }
}

it("keeps the middle where it is", () => {
  queryScroll.value = 1000;
  turn(1, 1);
  expect(columns.value?.rowHeight).toBeCloseTo(26);
  expect((queryScroll.value + HEIGHT / 2) / 26).toBeCloseTo((1000 + HEIGHT / 2) / 20);
});

it("rests once the wheel does, also where rows can become no flatter", () => {
  turn(-1, 15);
  expect(columns.value?.rowHeight).toBe(HEIGHT / TOKENS);
  expect(scrolling.value).toBe(true);
  turn(-1, 15);
  expect(scrolling.value).toBe(true);
  vi.advanceTimersByTime(LONG);
  expect(scrolling.value).toBe(false);
  // Nothing moves where nothing can.
  turn(-1, 1);
  expect(scrolling.value).toBe(false);
});
