/**
 * Tells a double click from a click before either shows, so that a double click does not flicker
 * through two single ones.
 */

/** How long a second click is waited for, in milliseconds. */
const PATIENCE = 220;

export class ClickOrDouble<T> {
  private readonly single: (target: T) => void;
  private readonly double: (target: T) => void;
  private waiting: { readonly target: T; readonly timer: ReturnType<typeof setTimeout> } | null =
    null;

  constructor(single: (target: T) => void, double: (target: T) => void) {
    this.single = single;
    this.double = double;
  }

  /** `detail` is that of the click event: the number of clicks in quick succession, 0 for a key. */
  click(target: T, detail: number): void {
    const before = this.waiting;
    if (before) {
      clearTimeout(before.timer);
      this.waiting = null;
      if (before.target !== target) this.single(before.target);
    }
    if (detail === 0) this.single(target);
    // A second click that came later than our patience, but within that of the system, is still a
    // double click.
    else if (detail % 2 === 0) this.double(target);
    else this.waiting = { target, timer: setTimeout(() => this.settle(), PATIENCE) };
  }

  private settle(): void {
    const now = this.waiting;
    this.waiting = null;
    if (now) this.single(now.target);
  }
}
