/** All that decides what has to be loaded for the screen. */

import { untracked } from "@preact/signals";
import type { Place } from "../api/plugin";
import { pins, run, stack } from "./chosen";
import {
  type CompareMode,
  compareMode,
  withPlace,
  withPlaceAt,
  withRunNow,
  withTagNow,
} from "./compare";
import { exact } from "./exact";
import { count, countOrNull } from "./field";
import { hides } from "./hidden";
import { restingQuery } from "./hover";
import { askedText } from "./missing";
import { opening } from "./opening";
import { placeOf } from "./place";
import { tagNow } from "./scope";
import { step } from "./selection";
import type { Choices } from "./settle";
import { first, segmentShare, segments, show, special, token } from "./show";
import { type ViewNeeds, viewNow } from "./view";

export interface Need extends Choices {
  readonly place: Place;
  readonly view: ViewNeeds;
  readonly mode: CompareMode;
  readonly withPlace: Place | null;
  readonly withRun: string;
  readonly withTag: string;
}

/** What is needed now; null where there is no capture, or not known yet. Reads signals. */
export function needed(): Need | null {
  if (opening.value) return null;
  const place = placeOf(run.value, tagNow.value, step.value);
  const view = viewNow.value;
  if (!place || !view) return null;
  const other = {
    mode: compareMode.value,
    withPlace: withPlace.value,
    withRun: withRunNow.value,
    withTag: withTagNow.value,
  };
  const chosen = choices();
  return { place, view, ...other, ...chosen, query: restingQuery.value ?? chosen.query };
}

/** What is chosen within a capture, also where it is missing or something else stands in. Reads signals. */
export function choices(): Choices {
  return {
    stack: stack.value,
    layer: count(askedText("layer")),
    head: count(askedText("head")),
    query: countOrNull(askedText("query")),
    key: countOrNull(askedText("key")),
    pins: pins.value,
    leftOut: {
      show: show.value,
      first: hides.value ? first.value : "show",
      token: token.value,
      special: special.value,
      segments: segments.value,
      segmentShare: segmentShare.value,
    },
    exact: exact.value,
  };
}

/**
 * What of a need makes a difference to its view: two needs with the same key show the same numbers.
 */
export function needKey(need: Need): string {
  const { place, view } = need;
  // Difference and side by side show the same numbers.
  const other = need.mode === "off" ? [] : [need.withPlace, need.withRun, need.withTag];
  return JSON.stringify([
    place,
    view.name,
    need.stack,
    need.layer,
    view.reads(need),
    need.exact,
    other,
  ]);
}

/** Where B goes when A goes to `place`, if it moves at all. */
export function movingWith(need: Need, place: Place): readonly Place[] {
  const other = need.mode === "off" ? null : untracked(() => withPlaceAt(place.step));
  return other && other.step !== need.withPlace?.step ? [other] : [];
}
