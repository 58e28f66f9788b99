/**
 * What a link shows, asked for while the rest of the script is on its way: the tab then finds the
 * answers there, or asks for them itself.
 */

import type { PluginApi } from "./api/plugin";
import { asStack } from "./stacks";
import type { ViewName } from "./state/chosen";
import { count, countOrNull, integerOrNull } from "./state/field";
import { parseHash } from "./state/hash";
import { nearest } from "./state/nearest";
import { placeOf } from "./state/place";
import { settleCapture, settleRun } from "./state/settle";
import type { ViewNeeds } from "./state/view";
import type { LeftOut, Runs } from "./types";
import { loadHead } from "./views/head/load";
import { loadModel } from "./views/model/load";
import { loadNeuron } from "./views/neuron/load";

/** By view; `asked` is what the link says. */
const LOADS: Readonly<
  Partial<Record<ViewName, (asked: ReadonlyMap<string, string>) => ViewNeeds["load"]>>
> = {
  head: () => loadHead,
  neuron: () => loadNeuron,
  model: (asked) => (wanted) => loadModel(wanted, asked.get("cells") !== "sheet"),
  // Its first picture is of metrics, and of the layers that the capture names.
  overview: () => async () => ({}),
};
/** With any of these in it a link shows something else, or more. */
const OTHERWISE = ["show", "first", "token", "special", "segments", "segmentShare"];

const AS_THEY_ARE: LeftOut = {
  show: "weight",
  first: "show",
  token: "first",
  special: false,
  segments: "all",
  segmentShare: false,
};

/** Asks for what `hash` shows. Whoever asks for it again is told what goes wrong. */
export async function askAhead(api: PluginApi, hash: string): Promise<void> {
  const { signal } = new AbortController();
  try {
    await ask(api, parseHash(hash), await api.runsAhead(signal), signal);
  } catch {
    // The tab asks for the same, and says what went wrong.
  }
}

async function ask(
  api: PluginApi,
  asked: ReadonlyMap<string, string>,
  runs: Runs,
  signal: AbortSignal,
): Promise<void> {
  const text = (name: string): string => asked.get(name) ?? "";
  const view = text("view");
  const load = LOADS[view as ViewName]?.(asked);
  const found = settleRun(runs, { run: text("run"), tag: text("tag") });
  // Without a view the strongest story opens, and it says where.
  if (!load || !found) return;
  if (view === "overview") api.metricsAhead(found, signal);
  const of = runs.runs.find((each) => each.run === found.run);
  const tag = of?.tags.find((each) => each.tag === found.tag) ?? null;
  const steps = tag?.steps ?? [];
  const step = integerOrNull(text("step"));
  const place = placeOf(
    found.run,
    tag,
    step === null ? (steps[steps.length - 1] ?? Number.NaN) : nearest(steps, step),
  );
  if (!place) return;
  const capture = await api.capture(place, signal);
  const fitted = settleCapture(
    capture,
    {
      stack: asStack(text("stack")),
      layer: count(text("layer")),
      head: count(text("head")),
      query: countOrNull(text("query")),
      key: countOrNull(text("key")),
      pins: [],
      leftOut: AS_THEY_ARE,
      exact: false,
    },
    view === "neuron",
  );
  if (fitted && !OTHERWISE.some((name) => asked.has(name)))
    await load({ api, place, fitted, signal });
}
