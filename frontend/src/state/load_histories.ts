/** Asks for what `histories.ts` holds, for the view that needs it. */

import { computed } from "@preact/signals";
import { isAbort } from "../api/error";
import type { Place, PluginApi, Probe } from "../api/plugin";
import type { Partly } from "../api/until_done";
import type { Capture, Change, LeftOut, Metrics, Pair, Rollout, Tag } from "../types";
import { showNow } from "./arriving";
import { keepAsking, type Question } from "./ask";
import { otherRuns } from "./checked_runs";
import { key, query, run, tag } from "./chosen";
import {
  compared,
  compareMode,
  comparing,
  withPlace,
  withRunNow,
  withTagNow,
  withTagOf,
} from "./compare";
import { busy } from "./data";
import {
  askedChange,
  askedFindings,
  askedMetrics,
  askedPair,
  askedRuns,
  askedTypes,
  askedWith,
  askedWithPair,
  probeKey,
  type RunMetrics,
} from "./histories";
import { moreQuestion, sentencesQuestion } from "./load_sentences";
import { askedRollouts, modelDrawing, type Rollouts, rolloutLayer } from "./model_drawing";
import { choices } from "./need";
import { opening } from "./opening";
import { askedMore, askedSentences, moreTags } from "./pair_sentences";
import { placeOf } from "./place";
import { findTag, knownRuns, shownCapture, stackNow, tagNow } from "./scope";
import { step, steps } from "./selection";
import { showsHistory } from "./view";

/**
 * The change between two steps is not computed for every step that a drag passes, in milliseconds.
 */
const SETTLE = 300;

/** Follows the selection from now on. Returns what ends it. */
export function followHistories(api: PluginApi): () => void {
  const stops = [
    keepAsking(askedTypes, () => here((probe, signal) => api.types(probe, signal))),
    keepAsking(askedMetrics, () =>
      showsHistory("metrics") ? here((probe, signal) => api.metrics(probe, signal)) : null,
    ),
    keepAsking(askedFindings, () =>
      showsHistory("findings")
        ? here((probe, signal, partly) => api.findings(probe, signal, partly))
        : null,
    ),
    keepAsking(askedChange, () => (showsHistory("change") ? change(api) : null), SETTLE),
    // Every view answers who links two words, if only beside the text.
    keepAsking(askedPair, () => pair(api)),
    keepAsking(askedWithPair, () => withPair(api)),
    keepAsking(askedSentences, () =>
      showsHistory("pair") || moreTags.value.length > 0 ? sentencesQuestion(api) : null,
    ),
    keepAsking(askedMore, () => moreQuestion(api, leftOutNow())),
    keepAsking(
      askedRollouts,
      () => (showsHistory("rollout") && modelDrawing.value === "rollout" ? rollouts(api) : null),
      SETTLE,
    ),
    keepAsking(askedRuns, () => (showsHistory("other runs") ? others(api, otherRuns.value) : null)),
    keepAsking(askedWith, () => (showsHistory("compared metrics") ? withProbe(api) : null)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

type Ask<T> = (probe: Probe, signal: AbortSignal, partly: Partly<T>) => Promise<T>;

/** A question about all steps of the chosen probe: a new step may have another answer. */
function here<T>(ask: Ask<T>): Question<T> | null {
  if (opening.value) return null;
  return tagNow.value && ofProbe({ run: run.value, tag: tag.value }, tagNow.value, ask);
}

function ofProbe<T>(probe: Probe, { versions }: Tag, ask: Ask<T>): Question<T> {
  return {
    of: probeKey(probe.run, probe.tag),
    version: JSON.stringify(versions),
    ask: (signal, partly) => ask(probe, signal, partly),
  };
}

/** What the comparison names; null while nothing is compared, or the probe is not there. */
function withProbe(api: PluginApi): Question<Metrics> | null {
  const probe = { run: withRunNow.value, tag: withTagNow.value };
  const found = findTag(knownRuns.value, probe.run, probe.tag);
  return compareMode.value === "off" || !found
    ? null
    : ofProbe(probe, found, (of, signal) => api.metrics(of, signal));
}

/** Waits until the step is on the screen, so that a drag is not slowed down. */
function change(api: PluginApi): Question<Change> | null {
  const places = changePlaces.value;
  if (!places || busy.value) return null;
  const leftOut = leftOutNow();
  return {
    of: changeKey.value,
    version: "",
    ask: (signal, partly) => api.change(...places, leftOut, signal, partly),
  };
}

function others(api: PluginApi, names: readonly string[]): Question<readonly RunMetrics[]> {
  const of = tag.value;
  return {
    of,
    version: JSON.stringify(
      names.map((each) => [each, findTag(knownRuns.value, each, of)?.versions]),
    ),
    ask: async (signal) => {
      const all = names.map((each) => metricsOf(api, { run: each, tag: of }, signal));
      return (await Promise.all(all)).filter((each) => each !== null);
    },
  };
}

/** A run that cannot be read is left out: choosing it says why. */
async function metricsOf(
  api: PluginApi,
  probe: Probe,
  signal: AbortSignal,
): Promise<RunMetrics | null> {
  try {
    return { run: probe.run, metrics: await api.metrics(probe, signal) };
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}

function pair(api: PluginApi): Question<Pair> | null {
  const capture = shownCapture.value;
  const at = capture && placeOf(run.value, tagNow.value, capture.step);
  return at && pairOf(api, at, capture, tagNow.value);
}

/** The tokens at the same places of what is compared; null while nothing is. */
function withPair(api: PluginApi): Question<Pair> | null {
  const [capture, at] = [compared.value?.capture ?? null, withPlace.value];
  if (!comparing.value || !capture || !at) return null;
  return pairOf(api, at, capture, withTagOf.value);
}

function pairOf(
  api: PluginApi,
  at: Place,
  capture: Capture,
  probe: Tag | null,
): Question<Pair> | null {
  const [of, name, i, j] = [pairKey(capture), stackNow.value?.name, query.value, key.value];
  if (of === null || name === undefined || i === null || j === null) return null;
  const leftOut = leftOutNow();
  return {
    of,
    version: JSON.stringify(probe?.versions.length),
    ask: (signal, partly) => api.pair(at, name, i, j, leftOut, signal, partly),
  };
}

/** Names the chosen pair in this capture in `Asked.of`; null where there is none. Reads signals. */
export function pairKey(capture: Capture | null): string | null {
  const [i, j, name] = [query.value, key.value, stackNow.value?.name];
  const stack = capture?.stacks.find((each) => each.name === name);
  if (!capture || !stack || i === null || j === null) return null;
  // Which tokens are meant, not which step: scrubbing asks for nothing new as long as they stay the
  // same.
  const tokens = [
    capture.sequences[stack.query_sequence]?.tokens[i],
    capture.sequences[stack.key_sequence]?.tokens[j],
  ];
  return JSON.stringify([capture.run, capture.tag, name, i, j, tokens, leftKey(leftOutNow())]);
}

/** Waits until the step is on the screen, as `change` does. */
function rollouts(api: PluginApi): Question<Rollouts> | null {
  const [a, stack, layer] = [
    placeOf(run.value, tagNow.value, step.value),
    stackNow.value,
    rolloutLayer.value,
  ];
  if (!a || !stack || busy.value) return null;
  const b = comparing.value ? withPlace.value : null;
  const last = stack.layers.some((each) => each.layer === layer) ? layer : null;
  return {
    of: JSON.stringify([a, b, stack.name, last]),
    version: "",
    ask: async (signal, partly) => {
      const known = b && (await api.rollout(b, stack.name, last, signal, () => {}));
      const tell = (own: Rollout): void => partly({ own, other: known });
      return { own: await api.rollout(a, stack.name, last, signal, tell), other: known };
    },
  };
}

/**
 * The step on the screen, and the one that it is compared with: the first one where nothing else is
 * chosen.
 */
export const changePlaces = computed<readonly [Place, Place] | null>(() => {
  const a = placeOf(run.value, tagNow.value, step.value);
  const b =
    compareMode.value === "off"
      ? placeOf(run.value, tagNow.value, steps.value[0] ?? Number.NaN)
      : withPlace.value;
  return a && b ? [a, b] : null;
});

/** Names a change in `Asked.of`: of which steps it is, and what of their weights is left out. */
export const changeKey = computed(() =>
  JSON.stringify([changePlaces.value, leftKey(leftOutNow())]),
);

/** As it is possible in the stack on the screen. Reads signals. */
function leftOutNow(): LeftOut {
  return { ...choices().leftOut, show: showNow.value };
}

function leftKey({ first, token, special, show }: LeftOut): readonly unknown[] {
  return [show, ...(first === "show" ? [] : [first, token, special])];
}
