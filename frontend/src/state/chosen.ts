/**
 * What is chosen, one signal each; `url.ts` mirrors them in the address. Actions that keep them
 * valid are in `selection.ts`.
 */

import { signal } from "@preact/signals";
import { asStack } from "../stacks";
import type { Stack } from "../types";
import { choice, count, countOrNull, counts, field, integerOrNull, oneOf, orEmpty } from "./field";
import { inAddress } from "./fields";

/** The views, in the order of their tabs and of the keys 1, 2 ... */
export const VIEW_NAMES = ["story", "overview", "model", "head", "neuron"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** The drawings of the head view, in the order of their buttons. */
export const DRAWING_NAMES = ["lines", "text", "matrix"] as const;
export type Drawing = (typeof DRAWING_NAMES)[number];

/** One head of the model. */
export interface HeadAddress {
  readonly layer: number;
  readonly head: number;
}

/** Empty until the runs are known. */
export const run = signal("");
/** Empty until the runs are known. */
export const tag = signal("");
/**
 * The step that was asked for, which this run may lack. null: the newest, so that a run which is
 * still written is followed.
 */
export const wantedStep = signal<number | null>(null);
/** null: the first stack of the capture. */
export const stack = signal<Stack | null>(null);
export const layer = signal(0);
/** Heads switched on in the head view, ascending; null: the focused one alone. */
export type ActiveHeads = readonly number[] | "all" | null;
export const activeHeads = signal<ActiveHeads>(null);
/** The focused head. */
export const head = signal(0);
/** The pinned query token. */
export const query = signal<number | null>(null);
/** The pinned key token. */
export const key = signal<number | null>(null);
/** Heads that the model view keeps enlarged, in the order they were pinned. */
export const pins = signal<readonly HeadAddress[]>([]);
export const view = signal<ViewName>("overview");
/**
 * The address, or the user, has said which view. Else the tab opens where the strongest story is,
 * or, without one, with the overview; a probe of one step with the model view: there is nothing to
 * follow.
 */
export const viewIsChosen = signal(false);
export const drawing = signal<Drawing>("lines");

inAddress("run", field(run, String, String));
inAddress("tag", field(tag, String, String));
inAddress("step", field(wantedStep, orEmpty, integerOrNull));
inAddress(
  "stack",
  field(stack, (value) => value ?? "", asStack),
);
inAddress("layer", field(layer, String, count));
inAddress(
  "heads",
  field(activeHeads, printHeads, (text) => (text === "all" ? text : counts(text))),
);
inAddress("head", field(head, String, count));
inAddress("query", field(query, orEmpty, countOrNull));
inAddress("key", field(key, orEmpty, countOrNull));
inAddress("pins", field(pins, printPins, parsePins));
const viewField = choice(view, VIEW_NAMES);
inAddress("view", {
  // Also the default is written: which view opens without a word in the address depends on the
  // probe.
  print: () => (viewIsChosen.value ? view.value : ""),
  parse: (text) => {
    viewIsChosen.value = oneOf(VIEW_NAMES, text) !== null;
    viewField.parse(text);
  },
});
inAddress("drawing", choice(drawing, DRAWING_NAMES));

function printHeads(active: ActiveHeads): string {
  return active === "all" ? active : (active?.join(".") ?? "");
}

function printPins(all: readonly HeadAddress[]): string {
  return all.map((each) => `${each.layer}.${each.head}`).join("_");
}

function parsePins(text: string): readonly HeadAddress[] {
  return text.split("_").flatMap((each) => {
    const found = /^(\d{1,9})\.(\d{1,9})$/.exec(each);
    return found ? [{ layer: Number(found[1]), head: Number(found[2]) }] : [];
  });
}
