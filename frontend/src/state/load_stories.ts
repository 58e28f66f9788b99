/** Asks for the stories, and for the curves that stand beside one. */

import { signal } from "@preact/signals";
import type { PluginApi } from "../api/plugin";
import type { Curves, Stories } from "../types";
import { keepAsking, type Question } from "./ask";
import { run, tag } from "./chosen";
import { probeKey } from "./histories";
import { opening } from "./opening";
import { knownRuns, tagNow } from "./scope";
import { askedCurves, askedStories, inOrderOf, stories } from "./stories";
import { showsHistory } from "./view";

/**
 * So long the tab waits with its first story for the server to have read the log directory, in
 * milliseconds.
 */
const PATIENCE = 3000;

const waited = signal(false);

/** Follows the selection from now on. Returns what ends it. */
export function followStories(api: PluginApi): () => void {
  const timer = setTimeout(() => {
    waited.value = true;
  }, PATIENCE);
  const stops = [
    keepAsking(askedStories, () => storiesNow(api)),
    keepAsking(askedCurves, () => (showsHistory("curves") ? curvesNow(api) : null)),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

function storiesNow(api: PluginApi): Question<Stories> | null {
  const known = knownRuns.value;
  if (!known?.runs.some((each) => each.tags.length > 0)) return null;
  if (opening.value ? known.loading && !waited.value : !showsHistory("stories")) return null;
  return {
    of: "stories",
    version: JSON.stringify(
      known.runs.map((each) => [each.run, each.tags.map((of) => [of.tag, of.versions.join()])]),
    ),
    ask: async (signal, partly) => {
      const told = (some: Stories): Stories => {
        // Nobody has seen an order before the tab has opened.
        const seen = opening.peek() ? [] : stories.peek();
        stories.value = inOrderOf(seen, some.stories, some.done);
        return some;
      };
      return told(await api.stories(signal, (some) => partly(told(some))));
    },
  };
}

function curvesNow(api: PluginApi): Question<Curves> | null {
  const probe = { run: run.value, tag: tag.value };
  const found = tagNow.value;
  return opening.value || !found
    ? null
    : {
        of: probeKey(probe.run, probe.tag),
        version: JSON.stringify(found.versions),
        ask: (signal) => api.curves(probe, signal),
      };
}
