/** For tests: the tab as it is before anything has been asked for. */

import { busy, failure, NOTHING, shown } from "./state/data";
import { visible } from "./state/host";
import { knownRuns, shownCapture } from "./state/scope";
import { knownViews } from "./state/view";
import { VIEWS } from "./views";

/** Forgets all answers; the tab is seen, and has all its views. */
export function beginAnew(): void {
  knownRuns.value = null;
  shownCapture.value = null;
  shown.value = NOTHING;
  failure.value = null;
  busy.value = false;
  visible.value = true;
  knownViews.value = VIEWS;
}
