import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { untilDone } from "../api/until_done";
import { type Asked, keepAsking, NOT_ASKED, reads } from "./ask";
import { visible } from "./host";

/** A request that answers when it is told to. */
interface Call {
  readonly of: string;
  readonly signal: AbortSignal;
  readonly partly: (value: string) => void;
  readonly answer: (value: string) => void;
  readonly fail: (error: Error) => void;
}

const wanted = signal<string | null>(null);
const version = signal("1");
const into = signal<Asked<string>>(NOT_ASKED);
let calls: Call[];
let stop: () => void;

beforeEach(() => {
  calls = [];
  visible.value = true;
  wanted.value = null;
  version.value = "1";
  into.value = NOT_ASKED;
  reads.value = 0;
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

function start(settle = 0): void {
  stop = keepAsking(
    into,
    () => {
      const of = wanted.value;
      if (of === null) return null;
      const ask = (signal: AbortSignal, partly: (value: string) => void): Promise<string> =>
        new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          calls.push({ of, signal, partly, answer: resolve, fail: reject });
        });
      return { of, version: version.value, ask };
    },
    settle,
  );
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What was asked for last. */
function last(): Call {
  const call = calls[calls.length - 1];
  if (!call) throw new Error("nothing was asked");
  return call;
}

describe("keepAsking", () => {
  it("asks for nothing while nothing is wanted", () => {
    start();
    expect([calls.length, into.value]).toEqual([0, NOT_ASKED]);
  });

  it("keeps the answer, and the one before until the next is there", async () => {
    start();
    wanted.value = "a";
    last().answer("A");
    await settled();
    expect(into.value).toEqual({ of: "a", value: "A", problem: null });
    wanted.value = "b";
    expect(into.value.value).toBe("A");
    last().answer("B");
    await settled();
    expect(into.value).toEqual({ of: "b", value: "B", problem: null });
  });

  it("shows an answer as far as it is known", () => {
    start();
    wanted.value = "a";
    last().partly("half of A");
    expect(into.value).toEqual({ of: "a", value: "half of A", problem: null });
  });

  it("gives up what is not wanted any more, and takes nothing from it", async () => {
    start();
    wanted.value = "a";
    const given = last();
    wanted.value = "b";
    given.partly("half of A");
    given.answer("A");
    await settled();
    expect([given.signal.aborted, into.value]).toEqual([true, NOT_ASKED]);
    wanted.value = null;
    expect(last().signal.aborted).toBe(true);
  });

  it("asks anew when the same question may have another answer", async () => {
    start();
    wanted.value = "a";
    last().answer("A");
    await settled();
    version.value = "2";
    expect([calls.length, into.value.value]).toEqual([2, "A"]);
  });

  it("does not ask again for what it has", async () => {
    start();
    wanted.value = "a";
    last().answer("A");
    await settled();
    wanted.value = null;
    wanted.value = "a";
    reads.value += 1;
    await settled();
    expect(calls).toHaveLength(1);
  });

  it("asks again for what it had before something else was on its way", async () => {
    start();
    wanted.value = "a";
    last().answer("A");
    await settled();
    wanted.value = "b";
    last().partly("half of B");
    wanted.value = "a";
    expect([calls.length, last().of]).toEqual([3, "a"]);
  });

  it("says what went wrong, and tries again once the list of runs was read", async () => {
    start();
    wanted.value = "a";
    last().fail(new Error("it broke"));
    await settled();
    expect(into.value).toMatchObject({ of: "a", value: null });
    expect(into.value.problem).toContain("it broke");
    expect(calls).toHaveLength(1);
    reads.value += 1;
    expect(calls).toHaveLength(2);
    last().answer("A");
    await settled();
    expect(into.value).toEqual({ of: "a", value: "A", problem: null });
    reads.value += 1;
    await settled();
    expect(calls).toHaveLength(2);
  });

  it("does not go round in circles over what fails for ever", async () => {
    start();
    wanted.value = "a";
    for (let tried = 1; tried <= 3; tried++) {
      last().fail(new Error("it broke"));
      await settled();
      expect(calls).toHaveLength(tried);
      reads.value += 1;
    }
  });

  it("pauses while the tab is not seen, and goes on afterwards", async () => {
    start();
    wanted.value = "a";
    visible.value = false;
    expect(last().signal.aborted).toBe(true);
    wanted.value = "b";
    expect(calls).toHaveLength(1);
    visible.value = true;
    expect([calls.length, last().of]).toEqual([2, "b"]);
    last().answer("B");
    await settled();
    visible.value = false;
    visible.value = true;
    await settled();
    expect(calls).toHaveLength(2);
  });

  it("asks for where a drag ends", async () => {
    vi.useFakeTimers();
    start(150);
    for (const each of ["a", "b", "c"]) {
      wanted.value = each;
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(50);
    expect(calls.map((each) => each.of)).toEqual(["c"]);
  });

  it("polls a slow answer only while the tab is seen", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const state = signal<Asked<{ readonly progress: number; readonly done: boolean }>>(NOT_ASKED);
    stop = keepAsking(state, () => ({
      of: "slow",
      version: "",
      ask: (signal, partly) => {
        const ask = async () => {
          asked += 1;
          return { progress: asked / 100, done: false };
        };
        return untilDone(ask, signal, partly);
      },
    }));
    await vi.advanceTimersByTimeAsync(1000);
    expect([asked, state.value.value?.progress]).toEqual([11, 0.11]);
    visible.value = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked, vi.getTimerCount()]).toEqual([11, 0]);
    visible.value = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toBe(17);
  });

  it("ends", () => {
    start();
    wanted.value = "a";
    stop();
    expect(last().signal.aborted).toBe(true);
    wanted.value = "b";
    expect(calls).toHaveLength(1);
  });
});
