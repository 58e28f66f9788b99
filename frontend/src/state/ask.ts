/**
 * Asking the server for what the selection needs: one signal holds what is known of the answer, and
 * what went wrong.
 */

import { computed, effect, type Signal, signal } from "@preact/signals";
import { isAbort, sentence } from "../api/error";
import type { Partly } from "../api/until_done";
import { follow } from "./follow";

/** Something that was asked for. */
export interface Asked<T> {
  /** What it was asked for, as a text. */
  readonly of: string;
  /** As far as it is known. */
  readonly value: T | null;
  /** A sentence. */
  readonly problem: string | null;
}

export const NOT_ASKED = { of: "", value: null, problem: null };

export interface Question<T> {
  readonly of: string;
  /** Changes when the same question may have another answer, as when a step was logged. */
  readonly version: string;
  /** `partly` is for an answer that is not whole yet. */
  readonly ask: (signal: AbortSignal, partly: Partly<T>) => Promise<T>;
}

/**
 * Counts how often the list of runs was read: what went wrong is then asked for again. Written by
 * `load.ts` only.
 */
export const reads = signal(0);

/**
 * Whether all questions wait, because the first picture of the tab needs none of them and is not
 * drawn yet. Written by the tab's start only.
 */
export const later = signal(false);

/** Until no question waits any more. */
export async function whenDrawn(): Promise<void> {
  let stop = (): void => {};
  await new Promise<void>((resolve) => {
    stop = effect(() => {
      if (!later.value) resolve();
    });
  });
  stop();
}

/**
 * Keeps `into` at the answer to `question`, which reads signals; null asks for nothing and leaves
 * `into` as it is. A new question waits for `settle` ms, so that a drag asks for where it ends.
 * Returns what ends it.
 */
export function keepAsking<T>(
  into: Signal<Asked<T>>,
  question: () => Question<T> | null,
  settle = 0,
): () => void {
  const now = computed(() => (later.value ? null : question()));
  const retries = signal(0);
  const text = computed(
    () => now.value && JSON.stringify([now.value.of, now.value.version, retries.value]),
  );
  let answered: string | null = null;
  const stopAsking = follow(
    () => text.value,
    async (signal) => {
      const [wanted, asked] = [now.peek(), text.peek()];
      // Nothing new when the tab is seen again.
      if (wanted === null || asked === answered) return;
      answered = null;
      await ask(into, wanted, signal);
      if (into.peek().problem === null) answered = asked;
    },
    settle,
  );
  const stopRetrying = effect(() => {
    if (reads.value > 0 && into.peek().problem !== null) retries.value = retries.peek() + 1;
  });
  return () => {
    stopAsking();
    stopRetrying();
  };
}

/** Rejects only where it is given up; `into` is then left as it is. */
async function ask<T>(
  into: Signal<Asked<T>>,
  { of, ask: request }: Question<T>,
  signal: AbortSignal,
): Promise<void> {
  const tell = (value: T): void => {
    if (!signal.aborted) into.value = { of, value, problem: null };
  };
  try {
    tell(await request(signal, tell));
  } catch (error) {
    if (!isAbort(error) && !signal.aborted)
      into.value = { of, value: null, problem: sentence(error) };
  }
  signal.throwIfAborted();
}
