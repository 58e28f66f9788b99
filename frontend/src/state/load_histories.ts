/** Loads what `histories.ts` holds, for the view that needs it, and asks again for what is still being computed. */

import { computed, type Signal } from "@preact/signals";
import { isAbort, sentence } from "../api/error";
import { type Place, PluginApi, type Probe } from "../api/plugin";
import type { Progressing } from "../types";
import { key, query, run, tag, view } from "./chosen";
import { compareMode, withPlace, withRunNow, withTagNow } from "./compare";
import { busy } from "./data";
import { follow, pause } from "./follow";
import {
  type Asked,
  askedChange,
  askedFindings,
  askedMetrics,
  askedPair,
  askedRuns,
  askedTypes,
  askedWith,
  probeKey,
} from "./histories";
import { oneRun } from "./overview";
import { placeOf } from "./place";
import { findTag, knownRuns, shownCapture, stackNow, tagNow } from "./scope";
import { step, steps } from "./selection";

/** What is still being computed is asked for again after so many milliseconds; the server's answer itself waits a little too. */
const POLL = 200;
/** The change between two steps is not computed for every step that a drag passes, in milliseconds. */
const SETTLE = 300;
/** So many other runs are drawn. */
export const MOST_RUNS = 6;

export class HistoryLoader {
  private readonly api: PluginApi;

  constructor(api: PluginApi = new PluginApi()) {
    this.api = api;
  }

  /** Follows the selection from now on. Returns what ends it. */
  start(): () => void {
    const overview = (): boolean => view.value === "overview";
    // The tiles of heads say their metrics.
    const metrics = (): boolean => overview() || view.value === "head" || view.value === "model";
    const here = computed<Probe>(() => ({ run: run.value, tag: tag.value }));
    const stops = [
      follow(probeOf, (signal) =>
        this.once(askedTypes, hereKey(), signal, () => this.api.types(here.peek(), signal)),
      ),
      follow(
        () => (metrics() ? probeOf() : null),
        (signal) =>
          this.once(askedMetrics, hereKey(), signal, () => this.api.metrics(here.peek(), signal)),
      ),
      follow(
        () => (overview() ? probeOf() : null),
        (signal) =>
          this.poll(askedFindings, hereKey(), signal, () => this.api.findings(here.peek(), signal)),
      ),
      follow(
        () => (overview() ? changeKey.value : null),
        (signal) => this.change(signal),
        SETTLE,
      ),
      follow(
        () => (overview() ? pairKey() : null),
        (signal) => this.pair(signal),
      ),
      follow(
        () => (overview() && !oneRun.value ? othersKey() : ""),
        (signal) => this.otherRuns(signal),
      ),
      follow(
        () => (overview() ? withKey() : null),
        (signal) => this.withProbe(signal),
      ),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  private change(signal: AbortSignal): Promise<void> {
    const places = changePlaces.peek();
    if (!places) return Promise.resolve();
    return this.poll(askedChange, JSON.stringify(places), signal, () =>
      this.api.change(...places, signal),
    );
  }

  private pair(signal: AbortSignal): Promise<void> {
    const [of, at, stack, i, j] = [
      pairKey(),
      placeNow(),
      stackNow.peek(),
      query.peek(),
      key.peek(),
    ];
    if (of === null || !at || !stack || i === null || j === null) return Promise.resolve();
    return this.poll(askedPair, of, signal, () => this.api.pair(at, stack.name, i, j, signal));
  }

  private async otherRuns(signal: AbortSignal): Promise<void> {
    const names = oneRun.peek() ? [] : otherRuns();
    const of = tag.peek();
    // A run that cannot be read is left out: choosing it says why.
    const loaded = await Promise.all(
      names.map(async (name) => {
        try {
          return {
            run: name,
            tag: of,
            metrics: await this.api.metrics({ run: name, tag: of }, signal),
          };
        } catch (error) {
          if (isAbort(error)) throw error;
          return null;
        }
      }),
    );
    askedRuns.value = loaded.filter((each) => each !== null);
  }

  private withProbe(signal: AbortSignal): Promise<void> {
    const probe = { run: withRunNow.peek(), tag: withTagNow.peek() };
    return this.once(askedWith, probeKey(probe.run, probe.tag), signal, () =>
      this.api.metrics(probe, signal),
    );
  }

  private async once<T>(
    into: Signal<Asked<T>>,
    of: string,
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<void> {
    try {
      const value = await ask();
      signal.throwIfAborted();
      into.value = { of, value, problem: null };
    } catch (error) {
      if (!isAbort(error)) into.value = { of, value: null, problem: sentence(error) };
    }
  }

  /** Asks until the answer is whole; each answer on the way is shown. */
  private async poll<T extends Progressing>(
    into: Signal<Asked<T>>,
    of: string,
    signal: AbortSignal,
    ask: () => Promise<T>,
  ): Promise<void> {
    do {
      await this.once(into, of, signal, ask);
      if (signal.aborted || into.peek().of !== of || into.peek().value?.done !== false) return;
      await pause(POLL);
    } while (!signal.aborted);
  }
}

function hereKey(): string {
  return probeKey(run.peek(), tag.peek());
}

/** The probe with what has been logged of it: a new step is a new text. */
function probeOf(): string | null {
  return tagNow.value && JSON.stringify([run.value, tag.value, tagNow.value.versions]);
}

/** Other runs that have this probe. */
export function otherRuns(): readonly string[] {
  const names = (knownRuns.value?.runs ?? []).filter(
    (each) => each.run !== run.value && each.tags.some((known) => known.tag === tag.value),
  );
  return names.map((each) => each.run).slice(0, MOST_RUNS);
}

function othersKey(): string {
  return JSON.stringify(
    otherRuns().map((each) => [
      each,
      tag.value,
      findTag(knownRuns.value, each, tag.value)?.versions,
    ]),
  );
}

/** null while nothing is compared, or the probe that is named is not there. */
function withKey(): string | null {
  const versions = findTag(knownRuns.value, withRunNow.value, withTagNow.value)?.versions;
  return compareMode.value === "off" || !versions
    ? null
    : JSON.stringify([withRunNow.value, withTagNow.value, versions]);
}

/** The step on the screen, and the one that it is compared with: the first one where nothing else is chosen. */
export const changePlaces = computed<readonly [Place, Place] | null>(() => {
  const a = placeOf(run.value, tagNow.value, step.value);
  const b =
    compareMode.value === "off"
      ? placeOf(run.value, tagNow.value, steps.value[0] ?? Number.NaN)
      : withPlace.value;
  return a && b ? [a, b] : null;
});

/** Waits until the step is on the screen, so that a drag is not slowed down. */
const changeKey = computed(() =>
  changePlaces.value && !busy.value ? JSON.stringify(changePlaces.value) : null,
);

function placeNow(): Place | null {
  const capture = shownCapture.value;
  return capture && placeOf(run.value, tagNow.value, capture.step);
}

function pairKey(): string | null {
  const [capture, stack, i, j] = [shownCapture.value, stackNow.value, query.value, key.value];
  if (!capture || !stack || i === null || j === null || !probeOf()) return null;
  // Which tokens are meant, not which step: scrubbing asks for nothing new as long as they stay the same.
  const tokens = [
    capture.sequences[stack.query_sequence]?.tokens[i],
    capture.sequences[stack.key_sequence]?.tokens[j],
  ];
  return JSON.stringify([
    capture.run,
    capture.tag,
    stack.name,
    i,
    j,
    tokens,
    tagNow.value?.versions.length,
  ]);
}
