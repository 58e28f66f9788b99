/** The place of a run in TensorBoard's list, which decides its colour there and here. */

import { effect, signal, untracked } from "@preact/signals";
import { readHostRuns } from "../api/host_runs";
import { Latest } from "./latest";
import { knownRuns } from "./scope";

/** Names of TensorBoard's runs; empty where it does not say. */
export const hostRuns = signal<readonly string[]>([]);

/** Asks TensorBoard again whenever our own list of runs has changed. Returns what ends it. */
export function followRunOrder(read: typeof readHostRuns = readHostRuns): () => void {
  const task = new Latest();
  const stop = effect(() => {
    const wanted = knownRuns.value?.runs.map((each) => each.run) ?? [];
    untracked(() => {
      if (wanted.every((each) => hostRuns.value.includes(each))) return;
      void task.run(async (signal) => {
        try {
          hostRuns.value = await read(signal);
        } catch {
          // Only the colours depend on it: without TensorBoard's list those of our own order are as good.
        }
      });
    });
  });
  return () => {
    stop();
    task.giveUp();
  };
}

/** The number of a run: TensorBoard's, else that in our own list. Reads signals. */
export function runPlace(name: string): number {
  const place = hostRuns.value.indexOf(name);
  if (place >= 0) return place;
  const ours = knownRuns.value?.runs.findIndex((each) => each.run === name) ?? -1;
  return hostRuns.value.length + Math.max(0, ours);
}
