/** Loads B, what the screen is compared with. */

import { isAbort, sentence } from "../api/error";
import type { Place, PluginApi } from "../api/plugin";
import type { Capture } from "../types";
import { comparable } from "./comparable";
import { type Compared, compared } from "./compare";
import { NOTHING, type Shown } from "./data";
import type { Need } from "./need";
import { knownRuns } from "./scope";
import { type Fitted, settleCapture } from "./settle";

/**
 * B's numbers, or the reason why there are none. What is wrong with B must not keep A from the
 * screen.
 */
export async function loadCompared(
  api: PluginApi,
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
  if (!need.withPlace) return { ...nothing, problem: lackOf(need) };
  try {
    const capture = await api.capture(need.withPlace, signal);
    const found = comparable(a, capture, fitted.stack);
    if (found.problem !== null) return { ...nothing, ...found };
    const other = settleCapture(capture, { ...need, ...fitted }, need.view.onlyLogged);
    if (other && other.leftOut.show !== fitted.leftOut.show)
      return { ...nothing, problem: "What arrives is not known there: lengths were not logged." };
    const parts = other
      ? await need.view.load({ api, place: need.withPlace, fitted: other, signal })
      : {};
    return { ...nothing, ...found, capture, shown: { ...keptOf(need.withPlace), ...parts } };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { ...nothing, problem: sentence(error) };
  }
}

function lackOf({ withRun, withTag }: Need): string {
  const known = knownRuns.peek()?.runs.some((each) => each.run === withRun);
  return known ? `The run ${withRun} has no probe ${withTag}.` : `There is no run ${withRun} here.`;
}

/** B's numbers for other views, as long as B stays what it is. */
function keptOf(place: Place): Shown {
  const before = compared.peek();
  return JSON.stringify(before?.place) === JSON.stringify(place)
    ? (before?.shown ?? NOTHING)
    : NOTHING;
}
