/** The colours of runs: those that the host gives them elsewhere. */

import { effect, signal, untracked } from "@preact/signals";
import type { Host, HostRun, Stop } from "../host/host";
import { runColour } from "../host/run_colours";
import { theme } from "./host";
import { Latest } from "./latest";
import { knownRuns } from "./scope";

/** The host's runs; empty where it does not say. */
export const hostRuns = signal<readonly HostRun[]>([]);

/** Asks the host again whenever our own list of runs has one that is new. Returns what ends it. */
export function followRunOrder(read: Host["runs"]): Stop {
  const task = new Latest();
  const stop = effect(() => {
    const wanted = knownRuns.value?.runs.map((each) => each.run) ?? [];
    untracked(() => {
      if (wanted.every((each) => hostRuns.value.some(({ name }) => name === each))) return;
      void task.run(async (signal) => {
        try {
          hostRuns.value = await read(signal);
        } catch {
          // Only the colours depend on it: without the host's list those of our own order are as
          // good.
        }
      });
    });
  });
  return () => {
    stop();
    task.giveUp();
  };
}

/** The host's colour of a run, else one by its place in our own list, as #rrggbb. Reads signals. */
export function colourOfRun(name: string): string {
  const found = hostRuns.value.find((each) => each.name === name);
  if (found) return found.colour[theme.value];
  const ours = knownRuns.value?.runs.findIndex((each) => each.run === name) ?? -1;
  return runColour(hostRuns.value.length + Math.max(0, ours))[theme.value];
}
