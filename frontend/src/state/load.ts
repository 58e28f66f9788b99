/** Loads what the active view needs, publishes it as one, and then fetches the neighbouring steps ahead. */

import { batch, computed, effect, signal, untracked } from "@preact/signals";
import { ApiError, isAbort, sentence } from "../api/error";
import { type Place, PluginApi } from "../api/plugin";
import type { Capture, Tag, ViewName } from "../types";
import { head, key, layer, pins, query, run, stack, tag, view } from "./chosen";
import { busy, failure, NOTHING, type Shown, shown } from "./data";
import { visible } from "./host";
import { Latest } from "./latest";
import { knownRuns, shownCapture, tagNow } from "./scope";
import { step } from "./selection";
import { type Choices, type Fitted, settleCapture, settleRun } from "./settle";

/** Neighbouring steps are fetched ahead only if a step's numbers take no more than this, in bytes. */
const AHEAD_BYTES = 64 * 2 ** 20;
/** While the server is still reading the log directory it is asked again after this many milliseconds. */
const READING_INTERVAL = 1000;

/** All that decides what has to be loaded. */
interface Need extends Choices {
  readonly place: Place;
  readonly view: ViewName;
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
        const fitted = settleCapture(capture, need);
        const parts = fitted ? await this.parts(need, fitted, signal) : {};
        signal.throwIfAborted();
        this.publish(need, capture, fitted, parts);
      } catch (error) {
        if (isAbort(error)) return;
        this.fail(error);
        return;
      }
      void this.ahead(need);
    });
  }

  private publish(need: Need, capture: Capture, fitted: Fitted | null, parts: Partial<Shown>): void {
    const from = JSON.stringify([need.place, fitted?.stack]);
    this.shownKey = needKey({ ...need, ...fitted, stack: need.stack });
    batch(() => {
      shownCapture.value = capture;
      shown.value = { ...(from === this.shownFrom ? shown.value : NOTHING), ...parts };
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

  /** The numbers of the active view. */
  private async parts(need: Need, fitted: Fitted, signal: AbortSignal): Promise<Partial<Shown>> {
    const { place } = need;
    const pairs = fitted.queries * fitted.keys;
    if (need.view === "head") return { weights: await this.api.weights(place, fitted.stack, fitted.layer, pairs, signal) };
    if (need.view === "model") {
      const enlarged = [{ layer: fitted.layer, head: fitted.head }, ...fitted.pins];
      const [thumbnails, ...headWeights] = await Promise.all([
        this.api.thumbnails(place, fitted.stack, signal),
        ...enlarged.map((each) => this.api.headWeights(place, fitted.stack, each.layer, each.head, pairs, signal)),
      ]);
      return { thumbnails, headWeights };
    }
    if (need.view === "neuron") {
      const [neurons, row] = await Promise.all([
        fitted.weightsOnly ? null : this.api.neurons(place, fitted.stack, fitted.layer, fitted.head, signal),
        this.api.row(place, fitted.stack, fitted.layer, fitted.query ?? fitted.queries - 1, signal),
      ]);
      return { neurons, row };
    }
    return {};
  }

  /** Fetches the steps before and after into the cache. */
  private async ahead(need: Need): Promise<void> {
    if (shownBytes(shown.peek()) > AHEAD_BYTES) return;
    await this.aheadTask.run(async (signal) => {
      for (const place of neighbours(need.place, tagNow.peek())) {
        try {
          const fitted = settleCapture(await this.api.capture(place, signal), need);
          if (fitted) await this.parts({ ...need, place }, fitted, signal);
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
  return place ? { place, view: view.value, ...choices() } : null;
}

function choices(): Choices {
  return { stack: stack.value, layer: layer.value, head: head.value, query: query.value, key: key.value, pins: pins.value };
}

/** Brings the selection to what `capture` has; as it is now, since parts of it may have changed while that was loading. */
function fitSelection(capture: Capture): void {
  const fitted = settleCapture(capture, choices());
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
  return JSON.stringify([place, name, need.stack, need.layer, neuron, model]);
}

function placeOf(runName: string, from: Tag | null, at: number): Place | null {
  const index = from?.steps.indexOf(at) ?? -1;
  return from && index >= 0 ? { run: runName, tag: from.tag, step: at, version: from.versions[index] ?? "" } : null;
}

/** The next step first: that is where play goes. */
function neighbours(place: Place, from: Tag | null): readonly Place[] {
  const index = from?.steps.indexOf(place.step) ?? -1;
  if (!from || index < 0) return [];
  return [index + 1, index - 1].flatMap((each) => placeOf(place.run, from, from.steps[each] ?? Number.NaN) ?? []);
}

function shownBytes(all: Shown): number {
  const arrays = [all.weights, all.thumbnails, all.row && { data: all.row.weights }, ...all.headWeights];
  return arrays.reduce((sum, each) => sum + (each?.data.byteLength ?? 0), 0);
}
