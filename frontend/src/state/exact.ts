/**
 * Weights of long texts come as float16, in which small ones become 0: good enough to look at, and
 * not to be taken away as numbers.
 */

import { computed, effect, signal } from "@preact/signals";
import { failure } from "./data";

/** Weights are wanted as float32, however many there are. */
export const exact = signal(false);

/**
 * Has the weights of the screen loaded as float32. Returns the first that `find` finds then; it
 * reads signals, and gives null until it has found it. The screen goes back to what it had.
 */
export async function onceExact<T>(find: () => T | null): Promise<T> {
  const found = computed(() => find() ?? failure.value);
  exact.value = true;
  let stop = (): void => {};
  try {
    const first = await new Promise<T | string>((resolve) => {
      stop = effect(() => {
        if (found.value !== null) resolve(found.value);
      });
    });
    if (typeof first === "string") throw new Error(first);
    return first;
  } finally {
    stop();
    exact.value = false;
  }
}
