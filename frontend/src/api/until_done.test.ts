import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pause, untilDone } from "./until_done";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const part = (progress: number) => ({ progress, done: progress === 1 });

/** Answers one after the other, the last one for ever. */
function answering(...progress: readonly number[]) {
  let asked = 0;
  return vi.fn(async () => part(progress[asked++] ?? progress[progress.length - 1] ?? 1));
}

describe("untilDone", () => {
  it("asks once for an answer that is whole", async () => {
    const [ask, partly] = [answering(1), vi.fn()];
    expect(await untilDone(ask, new AbortController().signal, partly)).toEqual(part(1));
    expect([ask.mock.calls.length, partly.mock.calls.length]).toEqual([1, 0]);
  });

  it("asks again, tells what comes on the way, and rests in between", async () => {
    const [ask, partly] = [answering(0.25, 0.5, 1), vi.fn()];
    const whole = untilDone(ask, new AbortController().signal, partly, 200);
    await vi.advanceTimersByTimeAsync(199);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(ask).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(await whole).toEqual(part(1));
    expect(partly.mock.calls).toEqual([[part(0.25)], [part(0.5)]]);
  });

  it("counts the time that an answer took as rest", async () => {
    const ask = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      return part(ask.mock.calls.length < 3 ? 0.5 : 1);
    });
    const whole = untilDone(ask, new AbortController().signal, undefined, 200);
    await vi.advanceTimersByTimeAsync(199);
    expect(ask).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(ask).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(350);
    expect(await whole).toEqual(part(1));
  });

  it("asks at once where an answer took longer than the rest", async () => {
    const ask = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return part(ask.mock.calls.length < 2 ? 0.5 : 1);
    });
    const whole = untilDone(ask, new AbortController().signal, undefined, 200);
    await vi.advanceTimersByTimeAsync(1010);
    expect(await whole).toEqual(part(1));
  });

  it("never spins, however fast the answers are", async () => {
    const [ask, controller] = [answering(0), new AbortController()];
    const whole = untilDone(ask, controller.signal);
    const ended = expect(whole).rejects.toHaveProperty("name", "AbortError");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask.mock.calls.length).toBeLessThanOrEqual(101);
    controller.abort();
    await ended;
  });

  it("ends while it rests, and asks no more", async () => {
    const [ask, controller] = [answering(0.5), new AbortController()];
    const whole = untilDone(ask, controller.signal);
    const ended = expect(whole).rejects.toHaveProperty("name", "AbortError");
    await vi.advanceTimersByTimeAsync(50);
    controller.abort();
    await ended;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([ask.mock.calls.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("tells nothing that comes after it was given up", async () => {
    const [controller, partly] = [new AbortController(), vi.fn()];
    const ask = async () => {
      controller.abort();
      return part(0.5);
    };
    await expect(untilDone(ask, controller.signal, partly)).rejects.toHaveProperty(
      "name",
      "AbortError",
    );
    expect(partly).not.toHaveBeenCalled();
  });

  it("gives up what gets no further, with a sentence", async () => {
    const ask = answering(0.5);
    const whole = untilDone(ask, new AbortController().signal, undefined, 1000);
    const ended = expect(whole).rejects.toThrow("no further");
    await vi.advanceTimersByTimeAsync(299_000);
    expect(ask).toHaveBeenCalledTimes(300);
    await vi.advanceTimersByTimeAsync(2000);
    await ended;
    expect(ask).toHaveBeenCalledTimes(301);
  });

  it("goes on for as long as there is progress, or nobody knows", async () => {
    const controller = new AbortController();
    for (const next of [(now: number) => now + 0.0001, () => Number.NaN]) {
      let now = 0;
      const ask = vi.fn(async () => {
        now = next(now);
        return part(now);
      });
      void untilDone(ask, controller.signal, undefined, 1000).catch(() => {});
      await vi.advanceTimersByTimeAsync(1000_000);
      expect(ask.mock.calls.length).toBeGreaterThan(990);
    }
    controller.abort();
  });

  it("says what a request says", async () => {
    const ask = () => Promise.reject(new Error("no such run"));
    await expect(untilDone(ask, new AbortController().signal)).rejects.toThrow("no such run");
  });
});

it("does not rest for what is given up already", async () => {
  await expect(pause(1000, AbortSignal.abort())).rejects.toHaveProperty("name", "AbortError");
  expect(vi.getTimerCount()).toBe(0);
});
