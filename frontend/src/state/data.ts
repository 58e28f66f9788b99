/**
 * What is on the screen, read-only. `load.ts` fills it for the active view; the previous value
 * stays until the next is there.
 */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Capture, HeadWeights, Neurons, Row, Runs, Thumbnails, Weights } from "../types";
import { knownRuns, shownCapture } from "./scope";

/** Everything of one moment, so that tokens and numbers on the screen always belong together. */
export interface Shown {
  readonly weights: Weights | null;
  readonly thumbnails: Thumbnails | null;
  readonly neurons: Neurons | null;
  readonly row: Row | null;
  readonly headWeights: readonly HeadWeights[];
}

export const NOTHING: Shown = {
  weights: null,
  thumbnails: null,
  neurons: null,
  row: null,
  headWeights: [],
};

/** Written by `load.ts` only. */
export const shown = signal<Shown>(NOTHING);
/** Written by `load.ts` only. */
export const busy = signal(false);
/** Written by `load.ts` only. */
export const failure = signal<string | null>(null);

export const runs: ReadonlySignal<Runs | null> = knownRuns;
export const capture: ReadonlySignal<Capture | null> = shownCapture;
/** Head view: all heads of the chosen layer. */
export const weights: ReadonlySignal<Weights | null> = computed(() => shown.value.weights);
/** Model view: every head of the stack. */
export const thumbnails: ReadonlySignal<Thumbnails | null> = computed(() => shown.value.thumbnails);
/** Neuron view: the focused head; null where only weights were logged. */
export const neurons: ReadonlySignal<Neurons | null> = computed(() => shown.value.neurons);
/** Neuron view: the chosen layer and `activeQuery`, with scores. */
export const row: ReadonlySignal<Row | null> = computed(() => shown.value.row);
/** Model view: the focused head first, then those of `pins` in their order; each in full. */
export const headWeights: ReadonlySignal<readonly HeadWeights[]> = computed(
  () => shown.value.headWeights,
);
/** A request is under way. */
export const loading: ReadonlySignal<boolean> = busy;
/** A sentence that says what went wrong, or null. */
export const problem: ReadonlySignal<string | null> = failure;

/** Whether the text is so long that it comes in blocks: each step then takes the server seconds. */
export function isPooled(all: Shown): boolean {
  return [all.weights, ...all.headWeights].some((each) => (each?.block ?? 1) > 1);
}

/**
 * These, or the ones before where they are of the same numbers: what was made of a head's weights,
 * a million cells of a long text, then need not be made anew.
 */
export function sameHeads(
  before: readonly HeadWeights[],
  now: readonly HeadWeights[],
): readonly HeadWeights[] {
  const names = Object.keys(now[0] ?? {}) as (keyof HeadWeights)[];
  const same = (each: HeadWeights, at: number): boolean =>
    names.every((name) => each[name] === before[at]?.[name]);
  return now.length === before.length && now.every(same) ? before : now;
}

/** Memory that the numbers take. */
export function shownBytes(all: Shown): number {
  const arrays = [
    all.weights,
    all.thumbnails,
    all.row && { data: all.row.weights },
    ...all.headWeights,
  ];
  return arrays.reduce((sum, each) => sum + (each?.data.byteLength ?? 0), 0);
}
