/** What is chosen, one signal each; `url.ts` mirrors them in the address. Actions that keep them valid are in `selection.ts`. */

import { signal } from "@preact/signals";
import type { Drawing, Stack, ViewName } from "../types";

/** One head of the model. */
export interface HeadAddress {
  readonly layer: number;
  readonly head: number;
}

/** Empty until the runs are known. */
export const run = signal("");
/** Empty until the runs are known. */
export const tag = signal("");
/** The step that was asked for, which this run may lack. null: the newest, so that a run which is still written is followed. */
export const wantedStep = signal<number | null>(null);
/** null: the first stack of the capture. */
export const stack = signal<Stack | null>(null);
export const layer = signal(0);
/** Heads switched on in the head view, ascending. null: all of them. */
export const activeHeads = signal<readonly number[] | null>(null);
/** The focused head. */
export const head = signal(0);
/** The pinned query token. */
export const query = signal<number | null>(null);
/** The pinned key token. */
export const key = signal<number | null>(null);
/** Heads that the model view keeps enlarged, in the order they were pinned. */
export const pins = signal<readonly HeadAddress[]>([]);
export const view = signal<ViewName>("overview");
/** The address, or the user, has said which view. Else a probe of one step opens with the model view: there is nothing to follow. */
export const viewIsChosen = signal(false);
export const drawing = signal<Drawing>("lines");
