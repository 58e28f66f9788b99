/** The numbers that a view shows of one capture: which requests it needs. */

import type { Place, PluginApi } from "../api/plugin";
import type { ViewName } from "../types";
import type { Shown } from "./data";
import type { Fitted } from "./settle";

export async function loadParts(
  api: PluginApi,
  view: ViewName,
  place: Place,
  fitted: Fitted,
  signal: AbortSignal,
): Promise<Partial<Shown>> {
  if (view === "head")
    return { weights: await api.weights(place, fitted.stack, fitted.layer, fitted, signal) };
  if (view === "model") {
    const [thumbnails, ...headWeights] = await Promise.all([
      api.thumbnails(place, fitted.stack, fitted.leftOut, signal),
      ...fitted.enlarged.map((each) =>
        api.headWeights(place, fitted.stack, each.layer, each.head, fitted, signal),
      ),
    ]);
    return { thumbnails, headWeights };
  }
  if (view === "neuron") {
    const [neurons, row] = await Promise.all([
      fitted.weightsOnly
        ? null
        : api.neurons(place, fitted.stack, fitted.layer, fitted.head, signal),
      api.row(place, fitted.stack, fitted.layer, fitted.query ?? fitted.queries - 1, signal),
    ]);
    return { neurons, row };
  }
  return {};
}

/** Whether the text is so long that it comes in blocks: each step then takes the server seconds. */
export function isPooled(all: Shown): boolean {
  return [all.weights, ...all.headWeights].some((each) => (each?.block ?? 1) > 1);
}

/** Memory that the numbers take. */
export function shownBytes(all: Shown): number {
  const arrays = [
    all.weights,
    all.thumbnails,
    all.row && { data: all.row.weights },
    ...all.headWeights,
  ];
  return arrays.reduce((sum, each) => sum + (each?.data.byteLength ?? 0), 0);
}
