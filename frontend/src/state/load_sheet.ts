/**
 * Asks for what the contact sheet shows of single heads, and for the thumbnails of all steps, so
 * that they move under a drag.
 */

import { isAbort, sentence } from "../api/error";
import type { Place, PluginApi } from "../api/plugin";
import type { HeadAddress } from "./chosen";
import { compared } from "./compare";
import { busy, failure, thumbnails } from "./data";
import { follow } from "./follow";
import { choices } from "./need";
import { placeOf } from "./place";
import { shownCapture, tagNow } from "./scope";
import { type Fitted, isLogged, settleCapture } from "./settle";
import { headKey, NO_HEADS, type SheetHeads, sheetHeads, sheetWants } from "./sheet";

/** A zoom or a drag asks for where it ends, in milliseconds. */
const SETTLE = 90;
/** Steps are fetched ahead once the sheet rests, in milliseconds. */
const AHEAD = 500;
/** Heads that are asked for at a time. */
const AT_ONCE = 3;
/** Heads that are kept; those in sight are fewer. */
const MOST_HEADS = 64;
/** Memory for the thumbnails of all steps. */
const AHEAD_BYTES = 48 * 2 ** 20;

/** Follows the sheet from now on. Returns what ends it. */
export function followSheet(api: PluginApi): () => void {
  const stops = [
    follow(wantedText, (signal) => loadHeads(api, signal), SETTLE),
    follow(aheadText, (signal) => loadSteps(api, signal), AHEAD),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** What the heads belong to: the capture on the screen, and B. */
interface Source {
  readonly place: Place;
  readonly other: Place | null;
  readonly fitted: Fitted;
}

function sourceNow(): Source | null {
  const [capture, tag] = [shownCapture.value, tagNow.value];
  const place = capture && placeOf(capture.run, tag, capture.step);
  const fitted = capture && settleCapture(capture, choices());
  if (!place || !fitted) return null;
  const other = compared.value?.problem === null ? compared.value.place : null;
  return { place, other, fitted };
}

function sourceText({ place, other, fitted }: Source): string {
  return JSON.stringify([place, other, fitted.stack, fitted.leftOut, fitted.exact]);
}

function wantedText(): string | null {
  const [wants, source] = [sheetWants.value, sourceNow()];
  if (!wants || !source || wants.weights.length + wants.neurons.length === 0) return null;
  return JSON.stringify([sourceText(source), wants]);
}

/** Of what `sheetHeads` is. */
let loadedOf = "";

async function loadHeads(api: PluginApi, signal: AbortSignal): Promise<void> {
  const [wants, source, capture] = [sheetWants.peek(), sourceNow(), shownCapture.peek()];
  const stack = capture?.stacks.find((each) => each.name === source?.fitted.stack);
  if (!wants || !source || !stack) return;
  const of = sourceText(source);
  if (of !== loadedOf) sheetHeads.value = NO_HEADS;
  loadedOf = of;
  const { weights, neurons } = sheetHeads.peek();
  const isNew = (known: ReadonlyMap<string, unknown>) => (each: HeadAddress) =>
    isLogged(stack, each) && !known.has(headKey(each));
  const tasks = [
    ...wants.weights
      .filter(isNew(weights))
      .map((each) => () => loadWeights(api, source, each, signal)),
    ...(source.fitted.weightsOnly ? [] : wants.neurons.filter(isNew(neurons))).map(
      (each) => () => loadNeurons(api, source, each, signal),
    ),
  ];
  const next = async (): Promise<void> => {
    for (let task = tasks.shift(); task && !signal.aborted; task = tasks.shift()) await task();
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    keep({ problem: null });
  } catch (error) {
    if (isAbort(error)) throw error;
    keep({ problem: sentence(error) });
  }
}

async function loadWeights(
  api: PluginApi,
  { place, other, fitted }: Source,
  { layer, head }: HeadAddress,
  signal: AbortSignal,
): Promise<void> {
  const [own, beside] = await Promise.all(
    [place, other].map((each) =>
      each ? api.headWeights(each, fitted.stack, layer, head, fitted, signal) : null,
    ),
  );
  signal.throwIfAborted();
  if (own)
    keep({
      weights: withHead(sheetHeads.peek().weights, headKey(own), { own, other: beside ?? null }),
    });
}

async function loadNeurons(
  api: PluginApi,
  { place, fitted }: Source,
  { layer, head }: HeadAddress,
  signal: AbortSignal,
): Promise<void> {
  const own = await api.neurons(place, fitted.stack, layer, head, signal);
  signal.throwIfAborted();
  keep({ neurons: withHead(sheetHeads.peek().neurons, headKey(own), own) });
}

function keep(part: Partial<SheetHeads>): void {
  sheetHeads.value = { ...sheetHeads.peek(), ...part };
}

/** With one more head; the one that came first goes where there are many. */
function withHead<T>(known: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map([...[...known].slice(1 - MOST_HEADS), [key, value]]);
}

/** Null while something is loaded that is looked at, and where thumbnails are not to be had as stored. */
function aheadText(): string | null {
  const [source, tag] = [sourceNow(), tagNow.value];
  if (!sheetWants.value || !source || !tag || busy.value || failure.value !== null) return null;
  const { first, show, special, segments } = source.fitted.leftOut;
  if (first !== "show" || show !== "weight" || special || segments !== "all") return null;
  return JSON.stringify([tag.versions, source.place.run, tag.tag, source.fitted.stack]);
}

/** The steps that are nearest to the one on the screen first. */
async function loadSteps(api: PluginApi, signal: AbortSignal): Promise<void> {
  const [source, tag] = [sourceNow(), tagNow.peek()];
  if (!source || !tag) return;
  const [here, bytes] = [tag.steps.indexOf(source.place.step), thumbnails.peek()?.data.byteLength];
  const steps = tag.steps
    .map((step, at) => ({ step, from: Math.abs(at - here) }))
    .sort((a, b) => a.from - b.from)
    .slice(1, Math.floor(AHEAD_BYTES / Math.max(1, bytes ?? 1)));
  for (const { step } of steps) {
    const place = placeOf(source.place.run, tag, step);
    if (!place) continue;
    try {
      await api.capture(place, signal);
      await api.thumbnails(place, source.fitted.stack, source.fitted.leftOut, signal);
    } catch {
      // Nobody asked for this step yet: if somebody does, the error comes again and is shown.
      return;
    }
  }
}
