/** A budget of bytes for what is kept: what was used longest ago goes first. */

interface Entry {
  readonly bytes: number;
  readonly drop: () => void;
}

export class ByteBudget {
  private readonly limit: number;
  private readonly entries = new Map<string, Entry>();
  private held = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get bytes(): number {
    return this.held;
  }

  /** Says that `key` was used just now. */
  use(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    // A Map keeps the order of insertion, so putting it in again makes it the youngest.
    this.entries.delete(key);
    this.entries.set(key, entry);
  }

  /**
   * Counts something that is now kept; `drop` is called once it has to go, which may be at once.
   */
  add(key: string, bytes: number, drop: () => void): void {
    this.held -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
    this.entries.set(key, { bytes, drop });
    this.held += bytes;
    for (const [oldest, entry] of this.entries) {
      if (this.held <= this.limit) break;
      this.entries.delete(oldest);
      this.held -= entry.bytes;
      entry.drop();
    }
  }
}
