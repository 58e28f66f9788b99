/** Work that follows signals: begun anew when what it is for changes, given up when nothing is wanted. */

import { computed, effect, untracked } from "@preact/signals";
import { isAbort } from "../api/error";
import { visible } from "./host";
import { Latest } from "./latest";

/** Runs `task` whenever the text of `wanted` changes, after `delay` ms; null gives up what is under way. Returns what ends it. */
export function follow(
  wanted: () => string | null,
  task: (signal: AbortSignal) => Promise<void>,
  delay = 0,
): () => void {
  const latest = new Latest();
  const now = computed(wanted);
  const stop = effect(() => {
    if (!visible.value || now.value === null) {
      latest.giveUp();
      return;
    }
    untracked(
      () =>
        void latest.run(async (signal) => {
          if (delay > 0) await pause(delay);
          if (signal.aborted) return;
          await task(signal).catch((error: unknown) => {
            if (!isAbort(error)) throw error;
          });
        }),
    );
  });
  return () => {
    stop();
    latest.giveUp();
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
