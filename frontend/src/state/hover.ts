/** What is under the pointer; the status bar shows it with exact numbers. */

import { signal } from "@preact/signals";

/**
 * `weight` and `score` may be left out where `data.weights` and `data.row` hold them. `text` is a
 * further fact, such as a neuron's value.
 */
export interface Hover {
  readonly layer: number;
  readonly head: number | null;
  readonly query: number | null;
  readonly key: number | null;
  readonly weight?: number;
  /**
   * `weight` is not the model's own number, such as one of a whole word, and goes before those that
   * are loaded.
   */
  readonly changed?: boolean;
  readonly score?: number;
  readonly text?: string;
}

export const hover = signal<Hover | null>(null);

/**
 * The query for as long as the pointer rests on its word: a view of one query loads it. null: none.
 */
export const restingQuery = signal<number | null>(null);
