/** Of several tasks only the latest counts: a new one gives up the one before. */

export class Latest {
  private controller = new AbortController();

  /**
   * Runs `task`; the signal tells it that something newer has come, after which it must change
   * nothing.
   */
  async run(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const previous = this.controller;
    const controller = new AbortController();
    this.controller = controller;
    // The new task begins before the old one is given up, so that a request which both need goes
    // on.
    const done = task(controller.signal);
    previous.abort();
    await done;
  }

  giveUp(): void {
    this.controller.abort();
  }
}
