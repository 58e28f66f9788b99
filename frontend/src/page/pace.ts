/** Lets the page draw and answer its user in the middle of long work. */

/** What the page does by itself waits so long after each piece, in milliseconds. */
const REST = 200;

/** Until the page has nothing else to do. */
export async function idle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REST));
  // Safari has no such callback.
  if (typeof requestIdleCallback === "function")
    await new Promise((resolve) => requestIdleCallback(resolve));
}

/** Work goes on for so long at a time, in milliseconds. */
const STRETCH = 30;

export class Pace {
  private readonly signal: AbortSignal;
  private since = Date.now();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Rejects with the reason of the signal once the work is not wanted any more. */
  async breathe(): Promise<void> {
    this.signal.throwIfAborted();
    if (Date.now() - this.since < STRETCH) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.signal.throwIfAborted();
    this.since = Date.now();
  }
}
