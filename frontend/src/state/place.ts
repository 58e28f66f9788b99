/** Captures by their place: run, tag, step and the version that the list of runs gives them. */

import type { Place } from "../api/plugin";
import type { Tag } from "../types";

/** null where the tag has no capture at this step. */
export function placeOf(run: string, from: Tag | null, step: number): Place | null {
  const index = from?.steps.indexOf(step) ?? -1;
  return from && index >= 0
    ? { run, tag: from.tag, step, version: from.versions[index] ?? "" }
    : null;
}

/** The next step first: that is where play goes. */
export function neighbours(place: Place, from: Tag | null): readonly Place[] {
  const index = from?.steps.indexOf(place.step) ?? -1;
  if (!from || index < 0) return [];
  return [index + 1, index - 1].flatMap(
    (each) => placeOf(place.run, from, from.steps[each] ?? Number.NaN) ?? [],
  );
}
