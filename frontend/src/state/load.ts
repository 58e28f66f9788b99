/** Loads what the active view needs, publishes it as one, and then fetches the neighbouring steps ahead. */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { ApiError, isAbort, sentence } from "../api/error";
import { type Place, PluginApi } from "../api/plugin";
import type { Capture, ViewName } from "../types";
import { head, key, layer, pins, query, run, stack, tag, view, viewIsChosen } from "./chosen";
import { comparable } from "./comparable";
import {
  type Compared,
  type CompareMode,
  compared,
  compareMode,
  withPlace,
  withPlaceAt,
  withRunNow,
  withTagNow,
} from "./compare";
import { busy, failure, NOTHING, type Shown, shown } from "./data";
import { visible } from "./host";
import { Latest } from "./latest";
import { isPooled, loadParts, shownBytes } from "./parts";
import { neighbours, placeOf } from "./place";
import { knownRuns, shownCapture, tagNow } from "./scope";
import { step, steps } from "./selection";
import { type Choices, type Fitted, settleCapture, settleRun } from "./settle";
import { first, segmentShare, segments, special } from "./show";

/** Neighbouring steps are fetched ahead only if a step's numbers take no more than this, in bytes. */
const AHEAD_BYTES = 64 * 2 ** 20;
/** While the server is still reading the log directory it is asked again after this many milliseconds. */
const READING_INTERVAL = 1000;

/** All that decides what has to be loaded. */
interface Need extends Choices {
  readonly place: Place;
  readonly view: ViewName;
  readonly mode: CompareMode;
  readonly withPlace: Place | null;
  readonly withRun: string;
  readonly withTag: string;
}

export class Loader {
  private readonly api: PluginApi;
  private readonly runsTask = new Latest();
  private readonly viewTask = new Latest();
  private readonly aheadTask = new Latest();
  private readonly attempt = signal(0);
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What `shown` was loaded from. */
  private shownFrom = "";
  /** The `needKey` that is on the screen. */
  private shownKey = "";

  constructor(api: PluginApi = new PluginApi()) {
    this.api = api;
  }

  /** Follows the selection from now on. Returns what ends it. */
  start(): () => void {
    const need = computed(needed);
    // The text, not the object: a list of runs that says the same again must not load again.
    const wanted = computed(() => need.value && needKey(need.value));
    const stop = effect(() => {
      this.attempt.value;
      if (!visible.value || wanted.value === null) return;
      untracked(() => need.value && void this.load(need.value));
    });
    void this.refresh();
    return () => {
      stop();
      clearTimeout(this.timer);
      for (const task of [this.runsTask, this.viewTask, this.aheadTask]) task.giveUp();
    };
  }

  /** Asks again for the runs, as after TensorBoard's reload. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    await this.runsTask.run(async (signal) => {
      try {
        const runs = await this.api.runs(signal);
        batch(() => {
          const place = settleRun(runs, { run: run.value, tag: tag.value });
          knownRuns.value = runs;
          run.value = place?.run ?? run.value;
          tag.value = place?.tag ?? tag.value;
          if (place && !viewIsChosen.value) chooseView();
          if (failure.value !== null) this.attempt.value += 1;
          failure.value = null;
        });
        if (runs.loading) this.timer = setTimeout(() => void this.refresh(), READING_INTERVAL);
      } catch (error) {
        if (!isAbort(error)) failure.value = sentence(error);
      }
    });
  }

  private async load(need: Need): Promise<void> {
    if (needKey(need) === this.shownKey) {
      this.viewTask.giveUp();
      busy.value = false;
      return;
    }
    await this.viewTask.run(async (signal) => {
      this.aheadTask.giveUp();
      busy.value = true;
      try {
        const capture = await this.api.capture(need.place, signal);
        const fitted = settleCapture(capture, need, need.view);
        const [parts, other] = fitted
          ? await Promise.all([
              loadParts(this.api, need.view, need.place, fitted, signal),
              this.compared(need, capture, fitted, signal),
            ])
          : [{}, null];
        signal.throwIfAborted();
        this.publish(need, capture, fitted, parts, other);
      } catch (error) {
        if (isAbort(error)) return;
        this.fail(error);
        return;
      }
      void this.ahead(need);
    });
  }

  private publish(
    need: Need,
    capture: Capture,
    fitted: Fitted | null,
    parts: Partial<Shown>,
    other: Compared | null,
  ): void {
    const from = JSON.stringify([need.place, fitted?.stack]);
    this.shownKey = needKey({ ...need, ...fitted, stack: need.stack });
    batch(() => {
      shownCapture.value = capture;
      shown.value = { ...(from === this.shownFrom ? shown.value : NOTHING), ...parts };
      compared.value = other;
      fitSelection(capture);
      busy.value = false;
      failure.value = null;
    });
    this.shownFrom = from;
  }

  private fail(error: unknown): void {
    this.shownKey = "";
    batch(() => {
      busy.value = false;
      failure.value = sentence(error);
    });
    // A capture that is gone was written anew by a restarted run: the list of runs is out of date.
    if (error instanceof ApiError && error.status === 404) void this.refreshAfterLoss();
  }

  /** One refresh, without the new attempt that could go round in circles. */
  private async refreshAfterLoss(): Promise<void> {
    await this.runsTask.run(async (signal) => {
      try {
        knownRuns.value = await this.api.runs(signal);
      } catch (error) {
        if (!isAbort(error)) failure.value = sentence(error);
      }
    });
  }

  /** B's numbers, or the reason why there are none. What is wrong with B must not keep A from the screen. */
  private async compared(
    need: Need,
    a: Capture,
    fitted: Fitted,
    signal: AbortSignal,
  ): Promise<Compared | null> {
    if (need.mode === "off") return null;
    const nothing = {
      place: need.withPlace,
      capture: null,
      queriesDiffer: [],
      keysDiffer: [],
      shown: NOTHING,
    };
    if (!need.withPlace)
      return { ...nothing, problem: `The run ${need.withRun} has no probe ${need.withTag}.` };
    try {
      const capture = await this.api.capture(need.withPlace, signal);
      const found = comparable(a, capture, fitted.stack);
      if (found.problem !== null) return { ...nothing, ...found };
      const other = settleCapture(capture, { ...need, ...fitted }, need.view);
      const parts = other
        ? await loadParts(this.api, need.view, need.withPlace, other, signal)
        : {};
      return { ...nothing, ...found, capture, shown: { ...keptOf(need.withPlace), ...parts } };
    } catch (error) {
      if (isAbort(error)) throw error;
      return { ...nothing, problem: sentence(error) };
    }
  }

  /** Fetches the steps before and after into the cache. */
  private async ahead(need: Need): Promise<void> {
    if (isPooled(shown.peek()) || shownBytes(shown.peek()) > AHEAD_BYTES) return;
    await this.aheadTask.run(async (signal) => {
      for (const place of neighbours(need.place, tagNow.peek()).flatMap((each) => [
        each,
        ...movingWith(need, each),
      ])) {
        try {
          const fitted = settleCapture(await this.api.capture(place, signal), need, need.view);
          if (fitted) await loadParts(this.api, need.view, place, fitted, signal);
        } catch {
          // Nobody asked for this step yet: if somebody does, the error comes again and is shown.
          return;
        }
      }
    });
  }
}

function needed(): Need | null {
  const place = placeOf(run.value, tagNow.value, step.value);
  if (!place) return null;
  const other = {
    mode: compareMode.value,
    withPlace: withPlace.value,
    withRun: withRunNow.value,
    withTag: withTagNow.value,
  };
  return { place, view: view.value, ...other, ...choices() };
}

/** B's numbers for other views, as long as B stays what it is. */
function keptOf(place: Place): Shown {
  const before = compared.peek();
  return JSON.stringify(before?.place) === JSON.stringify(place)
    ? (before?.shown ?? NOTHING)
    : NOTHING;
}

/** Where B goes when A goes to `place`, if it moves at all. */
function movingWith(need: Need, place: Place): readonly Place[] {
  const other = need.mode === "off" ? null : untracked(() => withPlaceAt(place.step));
  return other && other.step !== need.withPlace?.step ? [other] : [];
}

function choices(): Choices {
  const of = {
    stack: stack.value,
    layer: layer.value,
    head: head.value,
    query: query.value,
    key: key.value,
    pins: pins.value,
  };
  return {
    ...of,
    leftOut: {
      first: first.value,
      special: special.value,
      segments: segments.value,
      segmentShare: segmentShare.value,
    },
  };
}

/** The view that opens by itself: the overview where there is more than one step. */
function chooseView(): void {
  view.value = steps.value.length > 1 ? "overview" : "model";
  viewIsChosen.value = true;
}

/** Brings the selection to what `capture` has; as it is now, since parts of it may have changed while that was loading. */
function fitSelection(capture: Capture): void {
  const fitted = settleCapture(capture, choices(), view.value);
  if (!fitted) return;
  layer.value = fitted.layer;
  head.value = fitted.head;
  query.value = fitted.query;
  key.value = fitted.key;
  if (pins.value.length !== fitted.pins.length) pins.value = fitted.pins;
}

/** What of a need makes a difference to its view: two needs with the same key show the same numbers. */
function needKey(need: Need): string {
  const { place, view: name } = need;
  const neuron = name === "neuron" ? [need.head, need.query] : [];
  const model = name === "model" ? [need.head, need.pins] : [];
  const leftOut = name === "model" || name === "head" ? need.leftOut : null;
  // Difference and side by side show the same numbers.
  const other = need.mode === "off" ? [] : [need.withPlace, need.withRun, need.withTag];
  return JSON.stringify([place, name, need.stack, need.layer, neuron, model, leftOut, other]);
}
