/**
 * Loads what the active view needs, publishes it as one, and then fetches the neighbouring steps
 * ahead.
 */

import { batch, computed, effect, signal } from "@preact/signals";
import { ApiError, isAbort, sentence } from "../api/error";
import type { Place, PluginApi } from "../api/plugin";
import type { Capture, Runs } from "../types";
import { reads, whenDrawn } from "./ask";
import { head, key, layer, pins, query, run, tag, view, viewIsChosen } from "./chosen";
import { type Compared, compared } from "./compare";
import { busy, failure, isPooled, NOTHING, type Shown, sameHeads, shown, shownBytes } from "./data";
import { follow } from "./follow";
import { visible } from "./host";
import { Latest } from "./latest";
import { loadCompared } from "./load_compared";
import { askedText, give } from "./missing";
import { choices, movingWith, type Need, needed, needKey } from "./need";
import { markGiven, opening } from "./opening";
import { neighbours } from "./place";
import { knownRuns, shownCapture, tagNow } from "./scope";
import { steps } from "./selection";
import { type Fitted, settleCapture, settleRun } from "./settle";
import { viewNow } from "./view";

/**
 * Neighbouring steps are fetched ahead only if a step's numbers take no more than this, in bytes.
 */
const AHEAD_BYTES = 64 * 2 ** 20;

export class Loader {
  private readonly api: PluginApi;
  /** Counts how often the runs were wanted anew, and how often what failed is tried again. */
  private readonly refreshes = signal(0);
  private readonly attempts = signal(0);
  private readonly aheadTask = new Latest();
  /** The reading of the runs that is under way, or was last. */
  private listing: Promise<void> = Promise.resolve();
  /** What `shown` was loaded from. */
  private shownFrom = "";
  /** The `needKey` that is on the screen: as it was asked for, and as it could be had. */
  private shownKeys: readonly string[] = [];

  constructor(api: PluginApi) {
    this.api = api;
  }

  /** Follows the selection from now on. Returns what ends it. */
  start(): () => void {
    const need = computed(needed);
    // The text, not the object: a list of runs that says the same again must not load again.
    const wanted = computed(() => need.value && needKey(need.value));
    const stops = [
      follow(
        () => String(this.refreshes.value),
        (signal) => {
          this.listing = this.list(signal);
          return this.listing;
        },
      ),
      follow(
        () => wanted.value && `${wanted.value} ${this.attempts.value}`,
        async (signal) => {
          const now = need.peek();
          if (now) await this.load(now, signal);
        },
      ),
      // An address that somebody changes may name any run, too.
      effect(() => {
        if (knownRuns.value) settlePlace(knownRuns.value);
      }),
      effect(() => {
        // What an address says of the capture on the screen needs no other numbers for some views.
        const capture = shownCapture.value;
        if (capture && need.value && isOf(capture, need.value.place)) fitSelection(capture);
      }),
      effect(() => {
        if (wanted.value !== null && visible.value) return;
        this.aheadTask.giveUp();
        busy.value = false;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      this.aheadTask.giveUp();
    };
  }

  /** Asks again for the runs, as after TensorBoard's reload; once the tab is seen. */
  async refresh(): Promise<void> {
    this.refreshes.value += 1;
    await this.listing;
  }

  private async list(signal: AbortSignal): Promise<void> {
    const tell = (runs: Runs): void => {
      batch(() => {
        knownRuns.value = runs;
        settlePlace(runs);
        if (failure.value !== null) this.attempts.value += 1;
        failure.value = null;
        reads.value += 1;
      });
    };
    try {
      tell(await this.api.runs(signal, tell));
    } catch (error) {
      if (!isAbort(error)) failure.value = sentence(error);
    }
  }

  private async load(need: Need, signal: AbortSignal): Promise<void> {
    if (this.shownKeys.includes(needKey(need))) {
      busy.value = false;
      return;
    }
    this.aheadTask.giveUp();
    busy.value = true;
    try {
      const capture = await this.api.capture(need.place, signal);
      const fitted = settleCapture(capture, need, need.view.onlyLogged);
      const [parts, other] = fitted
        ? await Promise.all([
            need.view.load({ api: this.api, place: need.place, fitted, signal }),
            loadCompared(this.api, need, capture, fitted, signal),
          ])
        : [{}, null];
      signal.throwIfAborted();
      this.publish(need, capture, fitted, parts, other);
    } catch (error) {
      if (isAbort(error)) throw error;
      await this.fail(error, signal);
      return;
    }
    void this.aheadTask.run((ahead) => this.ahead(need, ahead));
  }

  private publish(
    need: Need,
    capture: Capture,
    fitted: Fitted | null,
    parts: Partial<Shown>,
    other: Compared | null,
  ): void {
    const from = JSON.stringify([need.place, fitted?.stack]);
    const had = { ...need, ...fitted, stack: need.stack, leftOut: need.leftOut };
    this.shownKeys = [needKey(need), needKey(had)];
    const now = { ...(from === this.shownFrom ? shown.value : NOTHING), ...parts };
    batch(() => {
      shownCapture.value = capture;
      shown.value = { ...now, headWeights: sameHeads(shown.value.headWeights, now.headWeights) };
      compared.value = other;
      fitSelection(capture);
      busy.value = false;
      failure.value = null;
    });
    this.shownFrom = from;
  }

  private async fail(error: unknown, signal: AbortSignal): Promise<void> {
    this.shownKeys = [];
    batch(() => {
      busy.value = false;
      failure.value = sentence(error);
    });
    // A capture that is gone was written anew by a restarted run: the list of runs is out of date.
    if (error instanceof ApiError && error.status === 404) await this.listAfterLoss(signal);
  }

  /** Without the new attempt that could go round in circles. */
  private async listAfterLoss(signal: AbortSignal): Promise<void> {
    const tell = (runs: Runs): void => {
      knownRuns.value = runs;
    };
    try {
      tell(await this.api.runs(signal, tell));
    } catch (error) {
      if (!isAbort(error)) failure.value = sentence(error);
    }
  }

  /** Fetches the steps before and after into the cache. */
  private async ahead(need: Need, signal: AbortSignal): Promise<void> {
    await whenDrawn();
    if (signal.aborted) return;
    if (isPooled(shown.peek()) || shownBytes(shown.peek()) > AHEAD_BYTES) return;
    const places = neighbours(need.place, tagNow.peek());
    for (const place of places.flatMap((each) => [each, ...movingWith(need, each)])) {
      try {
        const capture = await this.api.capture(place, signal);
        const fitted = settleCapture(capture, need, need.view.onlyLogged);
        if (fitted) await need.view.load({ api: this.api, place, fitted, signal });
      } catch {
        // Nobody asked for this step yet: if somebody does, the error comes again and is shown.
        return;
      }
    }
  }
}

/** The view that opens without a story: the overview where there is more than one step. */
function chooseView(): void {
  if (opening.value) return;
  give("view", () => {
    view.value = steps.value.length > 1 ? "overview" : "model";
    viewIsChosen.value = true;
  });
}

/** Brings run, probe and view to what there is. Reads signals. */
function settlePlace(runs: Runs): void {
  const place = settleRun(runs, { run: askedText("run"), tag: askedText("tag") });
  if (!place) return;
  give("run", () => {
    run.value = place.run;
  });
  give("tag", () => {
    tag.value = place.tag;
  });
  if (!viewIsChosen.value) chooseView();
  if (opening.peek()) markGiven();
}

function isOf(capture: Capture, { run: name, tag: probe, step }: Place): boolean {
  return capture.run === name && capture.tag === probe && capture.step === step;
}

/**
 * Brings the selection to what `capture` has; as it is now, since parts of it may have changed
 * while that was loading.
 */
function fitSelection(capture: Capture): void {
  const fitted = settleCapture(capture, choices(), viewNow.value?.onlyLogged);
  if (!fitted) return;
  give("layer", () => {
    layer.value = fitted.layer;
  });
  give("head", () => {
    head.value = fitted.head;
  });
  give("query", () => {
    query.value = fitted.query;
  });
  give("key", () => {
    key.value = fitted.key;
  });
  if (pins.value.length !== fitted.pins.length) pins.value = fitted.pins;
}
