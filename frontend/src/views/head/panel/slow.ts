/**
 * A signal that follows another one at a calmer pace, for what is costly to lay out and too quick
 * to read.
 */

import { effect, type ReadonlySignal, signal } from "@preact/signals";

/**
 * Follows at once after a pause, and then every `pause` milliseconds, last value included. Lives as
 * long as the page.
 */
export function slowly<T>(source: ReadonlySignal<T>, pause: number): ReadonlySignal<T> {
  const followed = signal(source.peek());
  let waiting = false;
  let last = Number.NEGATIVE_INFINITY;
  const follow = (): void => {
    waiting = false;
    last = performance.now();
    followed.value = source.peek();
  };
  effect(() => {
    const next = source.value;
    if (next === followed.peek() || waiting) return;
    const left = last + pause - performance.now();
    waiting = left > 0;
    if (waiting) setTimeout(follow, left);
    else follow();
  });
  return followed;
}
