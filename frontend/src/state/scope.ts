/**
 * What there is to choose from, derived from the list of runs and the capture on the screen.
 * Written by `data.ts` only.
 */

import { computed, signal } from "@preact/signals";
import type { Capture, CaptureStack, Layer, Runs, Sequence, Tag } from "../types";
import { layer, run, stack, tag } from "./chosen";

export const knownRuns = signal<Runs | null>(null);
export const shownCapture = signal<Capture | null>(null);

export function findTag(runs: Runs | null, runName: string, tagName: string): Tag | null {
  return (
    runs?.runs.find((each) => each.run === runName)?.tags.find((each) => each.tag === tagName) ??
    null
  );
}

/** The chosen tag of the chosen run. */
export const tagNow = computed<Tag | null>(() => findTag(knownRuns.value, run.value, tag.value));
/** Steps that have a capture of this tag, ascending. */
export const steps = computed<readonly number[]>(() => tagNow.value?.steps ?? []);
/** The stack that is shown. */
export const stackNow = computed<CaptureStack | null>(() => {
  const stacks = shownCapture.value?.stacks ?? [];
  return stacks.find((each) => each.name === stack.value) ?? stacks[0] ?? null;
});
/** Layers of the stack, ascending; may have gaps. */
export const layers = computed<readonly number[]>(
  () => stackNow.value?.layers.map((each) => each.layer) ?? [],
);
/** Parameters of the chosen layer. */
export const layerNow = computed<Layer | null>(
  () => stackNow.value?.layers.find((each) => each.layer === layer.value) ?? null,
);
/** Heads of the chosen layer. */
export const headCount = computed(() => layerNow.value?.heads ?? 0);

/** The tokens that attend. */
export const querySequence = computed<Sequence | null>(() =>
  sequence(stackNow.value?.query_sequence),
);
/** The tokens that are attended to. */
export const keySequence = computed<Sequence | null>(() => sequence(stackNow.value?.key_sequence));

function sequence(index: number | undefined): Sequence | null {
  return index === undefined ? null : (shownCapture.value?.sequences[index] ?? null);
}
