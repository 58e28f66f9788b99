/**
 * While somebody looks at what Show offers, asks for what takes longest of it: the thumbnails of all
 * heads without the token that is meant. Who leaves it out then finds them there.
 */

import type { Place, PluginApi } from "../api/plugin";
import { view } from "./chosen";
import { compared } from "./compare";
import { busy, failure } from "./data";
import { follow } from "./follow";
import { modelDrawing } from "./model_drawing";
import { choices } from "./need";
import { placeOf } from "./place";
import { playing } from "./play";
import { shownCapture, tagNow } from "./scope";
import { type Fitted, settleCapture } from "./settle";

/** It begins once the view has rested for so long, in milliseconds. */
const REST = 300;
/** Of fewer weights thumbnails are made in a tenth of a second: they can be asked for when wanted. */
const FEWEST = 2 ** 25;
/** To make them of more takes two cores of the server more than a second or two. */
const MOST = 2 ** 29;

/** `looks` reads signals: whether Show is open. Returns what ends it. */
export function followHidden(api: PluginApi, looks: () => boolean): () => void {
  const text = (): string | null => {
    const now = looks() ? wanted() : null;
    return now && JSON.stringify(now);
  };
  return follow(text, (signal) => load(api, signal), REST);
}

interface Wanted extends Pick<Fitted, "stack" | "leftOut"> {
  /** A, and B where there is one. */
  readonly places: readonly Place[];
}

function wanted(): Wanted | null {
  if (view.value !== "model" || modelDrawing.value === "rollout") return null;
  if (playing.value || busy.value || failure.value !== null) return null;
  const [capture, now] = [shownCapture.value, choices()];
  if (!capture || now.leftOut.first !== "show") return null;
  const fitted = settleCapture(capture, { ...now, leftOut: { ...now.leftOut, first: "hide" } });
  const a = placeOf(capture.run, tagNow.value, capture.step);
  if (!fitted || !a) return null;
  const layers = capture.stacks.find((each) => each.name === fitted.stack)?.layers ?? [];
  const heads = layers.reduce((sum, each) => sum + each.heads, 0);
  const weights = heads * fitted.queries * fitted.keys;
  if (weights < FEWEST || weights > MOST) return null;
  const b = compared.value?.problem === null ? compared.value.place : null;
  return { places: b ? [a, b] : [a], stack: fitted.stack, leftOut: fitted.leftOut };
}

async function load(api: PluginApi, signal: AbortSignal): Promise<void> {
  const now = wanted();
  if (!now) return;
  try {
    for (const place of now.places) await api.thumbnails(place, now.stack, now.leftOut, signal);
  } catch {
    // Nobody has left anything out yet: if somebody does, the error comes again and is shown.
  }
}
