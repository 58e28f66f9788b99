/**
 * What the capture on the screen (A) is compared with (B): choices, and B's numbers as `load.ts`
 * publishes them beside A's.
 */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Place } from "../api/plugin";
import { countText } from "../format";
import type {
  Capture,
  HeadWeights,
  Layer,
  Neurons,
  Row,
  Sequence,
  Tag,
  Thumbnails,
  Weights,
} from "../types";
import { run, tag } from "./chosen";
import { NOTHING, type Shown } from "./data";
import { choice, field, integerOrNull, oneOf } from "./field";
import { inAddress } from "./fields";
import { nearest } from "./nearest";
import { placeOf } from "./place";
import { findTag, knownRuns, stackNow } from "./scope";
import { step } from "./selection";

/** Off; the signed difference A - B; or A and B side by side. */
export type CompareMode = "off" | "difference" | "both";
/** A logged step, the first one, the one before A's, or the same as A's. */
export type WithStep = number | "first" | "previous" | "same";

export const compareMode = signal<CompareMode>("off");
/** null: A's run. */
export const withRun = signal<string | null>(null);
/** null: A's tag. */
export const withTag = signal<string | null>(null);
export const withStep = signal<WithStep>("first");

inAddress("compare", choice(compareMode, ["off", "difference", "both"]));
inAddress(
  "with_run",
  field(withRun, (value) => value ?? "", String),
);
inAddress(
  "with_tag",
  field(withTag, (value) => value ?? "", String),
);
inAddress("with_step", field(withStep, String, parseWithStep));

function parseWithStep(text: string): WithStep {
  return oneOf(["first", "previous", "same"] as const, text) ?? integerOrNull(text) ?? "first";
}

/** B as it is on the screen. */
export interface Compared {
  readonly place: Place | null;
  /** null while nothing can be compared. */
  readonly capture: Capture | null;
  /** A sentence that says why nothing can be compared, or null. */
  readonly problem: string | null;
  /** Positions whose tokens differ between A and B. */
  readonly queriesDiffer: readonly number[];
  readonly keysDiffer: readonly number[];
  /** B's numbers of the active view. */
  readonly shown: Shown;
}

/** Written by `load.ts` only, together with A's numbers. null while compare is off. */
export const compared = signal<Compared | null>(null);

export const withRunNow = computed(() => withRun.value ?? run.value);
export const withTagNow = computed(() => withTag.value ?? tag.value);
/** The probe that B is a step of; null where that run lacks it. */
export const withTagOf = computed<Tag | null>(() =>
  findTag(knownRuns.value, withRunNow.value, withTagNow.value),
);

/** B's place while A is at `stepOfA`; null where there is none. Reads signals. */
export function withPlaceAt(stepOfA: number): Place | null {
  const of = withTagOf.value;
  const at = of && withStepAt(of.steps, withStep.value, stepOfA);
  return at === null ? null : placeOf(withRunNow.value, of, at);
}

/** The logged step that `wanted` means while A is at `stepOfA`. */
export function withStepAt(
  steps: readonly number[],
  wanted: WithStep,
  stepOfA: number,
): number | null {
  if (steps.length === 0) return null;
  if (wanted === "first") return steps[0] ?? null;
  if (wanted === "same") return nearest(steps, stepOfA);
  if (wanted === "previous")
    return steps.filter((each) => each < stepOfA).pop() ?? steps[0] ?? null;
  return nearest(steps, wanted);
}

/** B's place now; null where compare is off, or there is none. */
export const withPlace = computed<Place | null>(() =>
  compareMode.value === "off" ? null : withPlaceAt(step.value),
);

/** A and B are the same step of the same probe. */
export const comparesItself = computed(() => {
  const place = withPlace.value;
  return place?.run === run.value && place.tag === tag.value && place.step === step.value;
});

/** As the beginning of a sentence. */
export const SAME_STEP = "A and B are the same step";

/** True where B's numbers are there and mean the same heads and positions as A's. */
export const comparing = computed(() => compared.value !== null && compared.value.problem === null);
/** The views draw A - B. */
export const showsDifference = computed(
  () => comparing.value && compareMode.value === "difference",
);
/** The views draw A and B beside each other. */
export const showsBoth = computed(() => comparing.value && compareMode.value === "both");

const other: ReadonlySignal<Shown> = computed(() =>
  comparing.value ? (compared.value?.shown ?? NOTHING) : NOTHING,
);
/** B's numbers, as those of `data.ts` are A's; null or empty where there are none. */
export const otherWeights: ReadonlySignal<Weights | null> = computed(() => other.value.weights);
export const otherThumbnails: ReadonlySignal<Thumbnails | null> = computed(
  () => other.value.thumbnails,
);
export const otherNeurons: ReadonlySignal<Neurons | null> = computed(() => other.value.neurons);
export const otherRow: ReadonlySignal<Row | null> = computed(() => other.value.row);
export const otherHeadWeights: ReadonlySignal<readonly HeadWeights[]> = computed(
  () => other.value.headWeights,
);

/** B's tokens that attend. */
export const otherQuerySequence = computed<Sequence | null>(() =>
  sequenceOfB((each) => each.query_sequence),
);
/** B's tokens that are attended to. */
export const otherKeySequence = computed<Sequence | null>(() =>
  sequenceOfB((each) => each.key_sequence),
);

/** B's parameters of a layer; null where there are none. */
export function otherLayer(number: number | undefined): Layer | null {
  const stack = compared.value?.capture?.stacks.find((each) => each.name === stackNow.value?.name);
  return stack?.layers.find((each) => each.layer === number) ?? null;
}

/** "step 0", with the run and the probe where they are others than A's. */
export const withName = computed(() => {
  const place = compared.value?.place;
  if (!place) return "";
  const where = [
    place.run === run.value ? "" : place.run,
    place.tag === tag.value ? "" : place.tag,
  ].filter(Boolean);
  return [...where, `step ${countText(place.step)}`].join(" ");
});

/** "step 300 − step 0": the name of what is shown as a difference. */
export const differenceName = computed(() => `step ${countText(step.value)} − ${withName.value}`);

const MODES: readonly CompareMode[] = ["off", "difference", "both"];

/** Off, difference, side by side, and off again. */
export function nextCompareMode(): void {
  compareMode.value = MODES[(MODES.indexOf(compareMode.value) + 1) % MODES.length] ?? "off";
}

/**
 * Compares with this capture from now on; the same run and tag are written as such, so that they
 * follow A's.
 */
export function compareWith(wanted: {
  readonly run: string;
  readonly tag: string;
  readonly step: WithStep;
}): void {
  batch(() => {
    withRun.value = wanted.run === run.value ? null : wanted.run;
    withTag.value = wanted.tag === tag.value ? null : wanted.tag;
    withStep.value = wanted.step;
    if (compareMode.value === "off") compareMode.value = "difference";
  });
}

function sequenceOfB(
  of: (stack: { query_sequence: number; key_sequence: number }) => number,
): Sequence | null {
  const now = comparing.value ? compared.value?.capture : null;
  const same = now?.stacks.find((each) => each.name === stackNow.value?.name);
  return (same && now?.sequences[of(same)]) ?? null;
}
