/** For tests: the history of a page, newest entry last. */

import type { Host } from "./host/host";
import { parseHash } from "./state/hash";

export class TestHistory {
  readonly entries: string[];
  private told = (): void => {};

  constructor(hash: string) {
    this.entries = [hash];
  }

  get hash(): string {
    return this.entries[this.entries.length - 1] ?? "";
  }

  get host(): Host {
    return {
      hash: () => this.hash,
      replaceHash: (hash: string) => this.entries.splice(-1, 1, hash),
      pushHash: (hash: string) => this.entries.push(hash),
      followHash: (listener: () => void) => {
        this.told = listener;
        return () => {};
      },
    } as unknown as Host;
  }

  back(): void {
    this.entries.pop();
    this.told();
  }

  go(hash: string): void {
    this.entries.push(hash);
    this.told();
  }

  asks(name: string): string | undefined {
    return parseHash(this.hash).get(name);
  }
}
