import { expect, it, vi } from "vitest";
import { Jobs, type Work } from "./jobs";

const bytes = (...of: number[]): ArrayBuffer => Uint8Array.from(of).buffer;
const first = (answer: ArrayBuffer): number | undefined => new Uint8Array(answer)[0];
const nobody = new AbortController().signal;

/** Work that goes on when the test says so. */
function slow() {
  let [resolve, reject]: [(answer: ArrayBuffer) => void, (error: Error) => void] = [
    () => {},
    () => {},
  ];
  const whole = new Promise<ArrayBuffer>((...both) => {
    [resolve, reject] = both;
  });
  let [begun, stopped] = [0, 0];
  const work: Work = (signal, tell) => {
    begun += 1;
    tell(() => bytes(1));
    signal.addEventListener("abort", () => {
      stopped += 1;
    });
    return whole;
  };
  return { work, resolve, reject, begun: () => begun, stopped: () => stopped };
}

it("answers what is known so far, then the whole, of one piece of work", async () => {
  const { work, resolve, begun } = slow();
  const jobs = new Jobs(0);
  expect(first(await jobs.get("a", work, nobody))).toBe(1);
  resolve(bytes(2));
  await Promise.resolve();
  expect(first(await jobs.get("a", work, nobody))).toBe(2);
  expect(begun()).toBe(1);
});

it("waits for the whole where nothing is known yet", async () => {
  const jobs = new Jobs(0);
  const work: Work = () => new Promise((done) => setTimeout(() => done(bytes(3)), 20));
  expect(first(await jobs.get("a", work, nobody))).toBe(3);
});

it("rejects as the work does", async () => {
  const jobs = new Jobs(1000);
  await expect(jobs.get("a", () => Promise.reject(new Error("no")), nobody)).rejects.toThrow("no");
});

it("gives up what is not wanted any more, and begins anew", async () => {
  const { work, stopped, begun, reject } = slow();
  const jobs = new Jobs(1000);
  const leaving = new AbortController();
  const asked = jobs.get("a", work, leaving.signal);
  await Promise.resolve();
  leaving.abort(new Error("left"));
  reject(new Error("left"));
  await expect(asked).rejects.toThrow("left");
  expect(stopped()).toBe(1);
  await expect(jobs.get("a", work, nobody)).rejects.toThrow("left");
  expect(begun()).toBe(2);
});

it("gives up what nobody asks for in ten seconds", async () => {
  vi.useFakeTimers();
  const { work, stopped } = slow();
  const jobs = new Jobs(5);
  const asked = jobs.get("a", work, nobody);
  await vi.advanceTimersByTimeAsync(5);
  expect(first(await asked)).toBe(1);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(stopped()).toBe(0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stopped()).toBe(1);
  vi.useRealTimers();
});
