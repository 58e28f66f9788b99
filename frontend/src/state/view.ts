/**
 * What the views need of the state, which knows none of them: the page says at its start which
 * views there are.
 */

import { computed, signal } from "@preact/signals";
import type { Place, PluginApi } from "../api/plugin";
import { type ViewName, view } from "./chosen";
import type { Shown } from "./data";
import type { Choices, Fitted } from "./settle";

/** What is known of all steps of a probe, and not of one capture. */
export type History =
  | "metrics"
  | "findings"
  | "change"
  | "pair"
  | "other runs"
  | "compared metrics"
  | "distances"
  | "contributions"
  | "rollout"
  | "stories"
  | "curves"
  | "lessons";

/** For the numbers of one capture. */
export interface Wanted {
  readonly api: PluginApi;
  readonly place: Place;
  /** What is chosen, as far as the capture has it. */
  readonly fitted: Fitted;
  readonly signal: AbortSignal;
}

export interface ViewNeeds {
  readonly name: ViewName;
  /** Of what is chosen, what its numbers depend on, beside capture, stack and layer. */
  readonly reads: (choices: Choices) => readonly unknown[];
  /** Asks for the numbers that it shows of one capture. */
  readonly load: (wanted: Wanted) => Promise<Partial<Shown>>;
  readonly histories: readonly History[];
  /**
   * Its picture is of one capture, and what is known of all steps stands beside it: as the tab opens
   * that is asked for once the picture is drawn.
   */
  readonly historiesLater: boolean;
  /** It has nothing to show of a head that was not logged, and takes another. */
  readonly onlyLogged: boolean;
}

/** Null before the page is drawn. */
export const knownViews = signal<Readonly<Record<ViewName, ViewNeeds>> | null>(null);

/** What the view on the screen needs. */
export const viewNow = computed<ViewNeeds | null>(() => knownViews.value?.[view.value] ?? null);

/** Whether the view on the screen shows this. */
export function showsHistory(name: History): boolean {
  return viewNow.value?.histories.includes(name) ?? false;
}
