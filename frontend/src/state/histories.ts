/**
 * What is known of all steps of the chosen probe: metrics, head types, findings, change, one pair
 * of tokens. Written by `load_histories.ts`.
 */

import { computed, signal } from "@preact/signals";
import type { Change, Findings, HeadTypes, LayerRow, Metrics, Pair } from "../types";
import { type Asked, NOT_ASKED } from "./ask";
import { run, tag } from "./chosen";
import { withRunNow, withTagNow } from "./compare";
import { stackNow } from "./scope";

/** Metrics of the chosen probe in another run. */
export interface RunMetrics {
  readonly run: string;
  readonly metrics: Metrics;
}

/** Names a probe in `Asked.of`. */
export function probeKey(runName: string, tagName: string): string {
  return JSON.stringify([runName, tagName]);
}

export const askedMetrics = signal<Asked<Metrics>>(NOT_ASKED);
export const askedTypes = signal<Asked<HeadTypes>>(NOT_ASKED);
export const askedFindings = signal<Asked<Findings>>(NOT_ASKED);
export const askedChange = signal<Asked<Change>>(NOT_ASKED);
export const askedPair = signal<Asked<Pair>>(NOT_ASKED);
/** The same pair in the probe that the comparison names. */
export const askedWithPair = signal<Asked<Pair>>(NOT_ASKED);
/** The probe that the comparison names. */
export const askedWith = signal<Asked<Metrics>>(NOT_ASKED);
/** Other runs that have the probe which it names. */
export const askedRuns = signal<Asked<readonly RunMetrics[]>>(NOT_ASKED);

const here = computed(() => probeKey(run.value, tag.value));

/** Metrics of the chosen probe; null until they are there. */
export const metrics = computed(() => current(askedMetrics.value, here.value));
export const headTypes = computed(() => current(askedTypes.value, here.value));
export const findings = computed(() => current(askedFindings.value, here.value));

/** Metrics of what the comparison names; null until they are there. */
export const withMetrics = computed(() =>
  current(askedWith.value, probeKey(withRunNow.value, withTagNow.value)),
);
/** The chosen probe in other runs. */
export const otherRunMetrics = computed(() =>
  (current(askedRuns.value, tag.value) ?? []).filter((each) => each.run !== run.value),
);

function current<T>(asked: Asked<T>, of: string): T | null {
  return asked.of === of ? asked.value : null;
}

/** Indices of the rows of the stack on the screen, in the order of its layers. */
export const rowsHere = computed<readonly number[]>(() => stackRows(metrics.value?.rows ?? []));

/** Indices of the rows that belong to the stack on the screen. */
export function stackRows(rows: readonly LayerRow[]): readonly number[] {
  const name = stackNow.value?.name ?? rows[0]?.stack;
  return rows.flatMap((each, index) => (each.stack === name ? [index] : []));
}
