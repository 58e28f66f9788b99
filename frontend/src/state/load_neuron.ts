/** Asks for what `neuron.ts` holds while the neuron view shows it. */

import type { Place, PluginApi } from "../api/plugin";
import type { Contributions, Distances } from "../types";
import { keepAsking, type Question } from "./ask";
import { compared } from "./compare";
import { row } from "./data";
import {
  askedContributions,
  askedDistances,
  askedOtherDistances,
  axis,
  beside,
  explainedKey,
  order,
  shownHead,
} from "./neuron";
import { placeOf } from "./place";
import { shownCapture, stackNow, tagNow } from "./scope";
import { showsHistory } from "./view";

/** A drag over many steps or tokens asks for where it ends, in milliseconds. */
const SETTLE = 150;

/** Follows the selection from now on. Returns what ends it. */
export function followNeuron(api: PluginApi): () => void {
  const stops = [
    keepAsking(askedDistances, () => distancesNow(api), SETTLE),
    keepAsking(askedOtherDistances, () => otherDistancesNow(api), SETTLE),
    keepAsking(askedContributions, () => contributionsNow(api), SETTLE),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The head on the screen; null while there is none. */
function headNow() {
  const [now, stack] = [row.value, stackNow.value];
  if (!now || !stack) return null;
  return { layer: now.layer, head: shownHead.value, stack: stack.name };
}

function distancesNow(api: PluginApi): Question<Distances> | null {
  if (!showsHistory("distances")) return null;
  if (beside.value !== "distance" && order.value !== "distance") return null;
  const capture = shownCapture.value;
  return distancesAt(api, capture && placeOf(capture.run, tagNow.value, capture.step));
}

/** B's, where something is compared. */
function otherDistancesNow(api: PluginApi): Question<Distances> | null {
  const other = compared.value;
  if (!showsHistory("distances") || beside.value !== "distance") return null;
  if (other?.problem !== null) return null;
  return distancesAt(api, other.place);
}

function distancesAt(api: PluginApi, place: Place | null): Question<Distances> | null {
  const [now, along] = [headNow(), axis.value];
  if (!now || !place) return null;
  return {
    of: JSON.stringify([now, place, along]),
    version: "",
    ask: (signal) => api.distances(place, now.stack, now, along, signal),
  };
}

function contributionsNow(api: PluginApi): Question<Contributions> | null {
  const [capture, now, tag] = [shownCapture.value, headNow(), tagNow.value];
  if (!showsHistory("contributions") || beside.value !== "steps") return null;
  if (!now || !capture || !tag) return null;
  const probe = { run: capture.run, tag: capture.tag };
  const pair = { ...now, query: row.value?.query ?? 0, key: explainedKey.value };
  return {
    of: JSON.stringify([probe, pair]),
    // What a run has written since is asked for.
    version: JSON.stringify(tag.versions),
    ask: (signal, partly) => api.contributions(probe, now.stack, pair, signal, partly),
  };
}
