/**
 * What heads do to the output of the model: how much the loss of the text rises without a head, and
 * how much it makes one answer likelier than another. Measured by cutting the head, or estimated.
 */

import { computed, signal } from "@preact/signals";
import type { Effect, Metrics } from "../types";
import { capture } from "./data";
import { choice } from "./field";
import { inAddress } from "./fields";
import { metrics } from "./histories";
import { metricAt, metricRow } from "./metric_at";
import { metricOf } from "./overview";

/** The number of the output that the heads change. */
export type NumberName = "loss" | "answer";

const NUMBERS: readonly NumberName[] = ["loss", "answer"];

/** Which number the lists of effects are about, where several were measured. */
export const wantedNumber = signal<NumberName>("loss");
inAddress("effect", choice(wantedNumber, NUMBERS));

/** Name of the head metric. */
export function effectMetric(number: NumberName): string {
  return `${number}_effect`;
}

/** Name of the metric of the estimates of a measured effect. */
export function estimateOf(metric: string): string {
  return `${metric}_estimate`;
}

/** The number that a head metric is the effect on; null where it is no effect. */
export function numberOf(metric: string): NumberName | null {
  return NUMBERS.find((each) => metric.startsWith(effectMetric(each))) ?? null;
}

/** Numbers whose effects are known, by measurement or by estimate. */
export const effectNumbers = computed<readonly NumberName[]>(() => {
  const names = metrics.value?.names ?? [];
  return NUMBERS.filter((each) => names.some((name) => numberOf(name) === each));
});

/** The number that lists of effects are about; null where there are no effects. */
export const numberNow = computed<NumberName | null>(() =>
  effectNumbers.value.includes(wantedNumber.value)
    ? wantedNumber.value
    : (effectNumbers.value[0] ?? null),
);

export interface HeadEffect {
  /** Positive: the head helps, the loss rises without it. NaN: not measured, and not estimated. */
  readonly value: number;
  /** By cutting the head, not by its gradient alone. */
  readonly exact: boolean;
}

/** The effect of a head of the stack on the screen at this step: measured, else estimated. */
export function effectOf(number: NumberName, layer: number, head: number): HeadEffect {
  const exact = metricOf(effectMetric(number), layer, head);
  if (!Number.isNaN(exact)) return { value: exact, exact: true };
  return { value: metricOf(estimateOf(effectMetric(number)), layer, head), exact: false };
}

/** Heads that were drawn at random and cut: what an effect is compared with. */
export interface Controls {
  readonly count: number;
  /** The largest of their effects, by size. */
  readonly largest: number;
}

/** Of each number of the output, at the step on the screen. */
export const controls = computed<ReadonlyMap<string, Controls>>(() => {
  const [known, now] = [metrics.value, capture.value];
  if (!known || !now) return new Map();
  return new Map(
    now.effects.flatMap((effect) => {
      const found = controlsOf(known, now.step, effect);
      return found ? [[effect.number, found] as const] : [];
    }),
  );
});

/** The controls of an effect; null where there are none. */
export function controlsOf(
  known: Metrics,
  step: number,
  { number, controls: places }: Effect,
): Controls | null {
  const [at, name] = [known.steps.indexOf(step), known.names.indexOf(`${number}_effect`)];
  const sizes = places
    .map(({ stack, layer, head }) =>
      Math.abs(metricAt(known, at, metricRow(known, stack, layer), head, name)),
    )
    .filter((each) => !Number.isNaN(each));
  return sizes.length > 0 ? { count: sizes.length, largest: Math.max(...sizes) } : null;
}

/** How many times the largest control an effect is that stands out. As in findings/measured.py. */
const TIMES = 3;
/** Below this no effect stands out, in nats and logits. As in findings/measured.py. */
const LEAST: Readonly<Record<NumberName, number>> = { loss: 0.01, answer: 0.05 };
/** At least so many random heads: fewer say nothing. As in findings/measured.py. */
const CONTROLS = 4;
/** Below this, in nats or logits, a head does next to nothing. As in findings/cuts.py. */
export const SMALL = 0.001;

/** Whether a head was cut and does clearly more than heads that were drawn at random. */
export function standsOut(number: NumberName, { value, exact }: HeadEffect): boolean {
  const random = controls.value.get(number);
  if (!exact || !random || random.count < CONTROLS) return false;
  return Math.abs(value) >= Math.max(LEAST[number], TIMES * random.largest);
}
