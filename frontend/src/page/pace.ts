/** Lets the page draw and answer its user in the middle of long work. */

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
