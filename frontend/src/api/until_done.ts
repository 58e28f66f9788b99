/** Answers that take a while: asked for again until they are whole. */

import type { Progressing } from "./answers/common";
import { ApiError } from "./error";

/**
 * From one request to the next at least, in milliseconds: the server itself waits a moment before it
 * answers what is not whole, and who has waited there need not wait again.
 */
const PAUSE = 100;
/** An answer that has got no further for so long is given up, in milliseconds. */
const STALLED = 5 * 60_000;

/** What is known of an answer that is not whole yet. */
export type Partly<T> = (part: T) => void;

/**
 * Asks until the answer is whole, and tells each one on the way. `signal` ends it between two
 * requests at the latest; it rejects with what a request rejects with.
 */
export async function untilDone<T extends Progressing>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  partly: Partly<T> = () => {},
  pauseFor: number = PAUSE,
): Promise<T> {
  let [progress, since] = [Number.NaN, 0];
  for (;;) {
    const begun = Date.now();
    const part = await ask();
    signal.throwIfAborted();
    if (part.done) return part;
    partly(part);
    // NaN, where nobody knows how far it is, is never equal and so never stands still.
    if (part.progress !== progress) [progress, since] = [part.progress, Date.now()];
    else if (Date.now() - since >= STALLED) throw new ApiError(STUCK, 0);
    await pause(Math.max(0, begun + pauseFor - Date.now()), signal);
  }
}

const STUCK =
  "TensorBoard has got no further with this for five minutes, so it is not asked any more. Its log may say why; reload the page to ask again.";

/** Rejects with the reason of `signal` as soon as it is given up. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", leave, { once: true });
  });
}
