/**
 * Work that follows signals: begun anew when what it is for changes, given up when nothing is
 * wanted or nobody looks.
 */

import { computed, effect, untracked } from "@preact/signals";
import { isAbort } from "../api/error";
import { pause } from "../api/until_done";
import { visible } from "./host";
import { Latest } from "./latest";

/**
 * Runs `task` whenever the text of `wanted` changes, after `delay` ms; null gives up what is under
 * way. Returns what ends it.
 */
export function follow(
  wanted: () => string | null,
  task: (signal: AbortSignal) => Promise<void>,
  delay = 0,
): () => void {
  const latest = new Latest();
  const now = computed(wanted);
  const begin = async (signal: AbortSignal): Promise<void> => {
    try {
      if (delay > 0) await pause(delay, signal);
      await task(signal);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  };
  const stop = effect(() => {
    if (visible.value && now.value !== null) untracked(() => void latest.run(begin));
    else latest.giveUp();
  });
  return () => {
    stop();
    latest.giveUp();
  };
}
