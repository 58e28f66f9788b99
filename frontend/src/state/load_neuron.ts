/** Loads what `neuron.ts` holds while the neuron view shows it, and asks again for what the server has only in part. */

import { computed, type Signal } from "@preact/signals";
import { isAbort, sentence } from "../api/error";
import { type Place, PluginApi } from "../api/plugin";
import { view } from "./chosen";
import { compared } from "./compare";
import { row } from "./data";
import { follow, pause } from "./follow";
import {
  type Asked,
  askedContributions,
  askedDistances,
  askedOtherDistances,
  axis,
  beside,
  explainedKey,
  NOT_ASKED,
  order,
  shownHead,
} from "./neuron";
import { placeOf } from "./place";
import { shownCapture, stackNow, tagNow } from "./scope";

/** A drag over many steps or tokens asks for where it ends, in milliseconds. */
const SETTLE = 150;
/** Pause before a partial answer is asked for again, in milliseconds. */
const AGAIN = 50;

export class NeuronLoader {
  private readonly api: PluginApi;

  constructor(api: PluginApi = new PluginApi()) {
    this.api = api;
  }

  /** Follows the selection from now on. Returns what ends it. */
  start(): () => void {
    const stops = [
      followNeed(distanceNeed, (need, signal) =>
        ask(askedDistances, signal, () =>
          this.api.distances(need.place, need.stack, need, axis.peek(), signal),
        ),
      ),
      followNeed(otherNeed, (need, signal) =>
        ask(askedOtherDistances, signal, () =>
          this.api.distances(need.place, need.stack, need, axis.peek(), signal),
        ),
      ),
      followNeed(stepsNeed, async (need, signal) => {
        const { run, tag, stack } = need;
        do {
          await ask(askedContributions, signal, () =>
            this.api.contributions(run, tag, stack, need, signal),
          );
          await pause(AGAIN);
        } while (!signal.aborted && askedContributions.peek().value?.done === false);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

/** The head on the screen; null while there is none. */
function headNow() {
  const [now, stack] = [row.value, stackNow.value];
  if (view.value !== "neuron" || !now || !stack) return null;
  return { layer: now.layer, head: shownHead.value, stack: stack.name };
}

function wantsDistances(): boolean {
  return beside.value === "distance" || order.value === "distance";
}

function distanceNeed() {
  const [capture, now] = [shownCapture.value, headNow()];
  const place = capture && placeOf(capture.run, tagNow.value, capture.step);
  return wantsDistances() && now && place ? { ...now, place, axis: axis.value } : null;
}

function otherNeed() {
  const [now, other] = [headNow(), compared.value];
  const place: Place | null = other?.problem === null ? other.place : null;
  return beside.value === "distance" && now && place ? { ...now, place, axis: axis.value } : null;
}

/** Also the versions of all steps: what a run has written since is asked for. */
function stepsNeed() {
  const [capture, now, tag] = [shownCapture.value, headNow(), tagNow.value];
  if (beside.value !== "steps" || !now || !capture || !tag) return null;
  const query = row.value?.query ?? 0;
  return {
    ...now,
    query,
    key: explainedKey.value,
    run: capture.run,
    tag: capture.tag,
    versions: tag.versions,
  };
}

/** Runs `task` for what `wanted` says, whenever that changes. */
function followNeed<T>(
  wanted: () => T | null,
  task: (need: T, signal: AbortSignal) => Promise<void>,
): () => void {
  const need = computed(wanted);
  const text = (): string | null => need.value && JSON.stringify(need.value);
  const now = (signal: AbortSignal): Promise<void> => {
    const value = need.peek();
    return value === null ? Promise.resolve() : task(value, signal);
  };
  return follow(text, now, SETTLE);
}

async function ask<T>(
  into: Signal<Asked<T>>,
  signal: AbortSignal,
  request: () => Promise<T>,
): Promise<void> {
  try {
    const value = await request();
    if (!signal.aborted) into.value = { value, problem: null };
  } catch (error) {
    if (!isAbort(error) && !signal.aborted) into.value = { ...NOT_ASKED, problem: sentence(error) };
  }
}
