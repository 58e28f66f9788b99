/** One kind of answer: fetched, decoded, and kept decoded for as long as there is room. */

import type { ByteBudget } from "./cache";
import type { Source } from "./source";

/**
 * A decoded answer and the memory that it takes. What is not whole is not kept: the next request
 * gets more.
 */
export interface Decoded<T> {
  readonly value: T;
  readonly bytes: number;
  readonly whole: boolean;
}

export class Resource<T> {
  private readonly source: Source;
  private readonly budget: ByteBudget;
  private readonly decode: (body: ArrayBuffer) => Decoded<T>;
  private readonly kept = new Map<string, T>();

  constructor(source: Source, budget: ByteBudget, decode: (body: ArrayBuffer) => Decoded<T>) {
    this.source = source;
    this.budget = budget;
    this.decode = decode;
  }

  /** The answer at `url`; kept only if the address names one version of the content (`lasting`). */
  async get(url: string, lasting: boolean, signal: AbortSignal): Promise<T> {
    const known = this.kept.get(url);
    if (known !== undefined) {
      this.budget.use(url);
      return known;
    }
    const { value, bytes, whole } = this.decode(await this.source.get(url, signal));
    if (lasting && whole) {
      this.kept.set(url, value);
      this.budget.add(url, bytes, () => this.kept.delete(url));
    }
    return value;
  }
}
