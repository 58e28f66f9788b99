/** TensorBoard's own list of runs, in the order in which it gives them colours. */

import { parseJson } from "../api/json";
import type { Source } from "../api/source";
import type { HostRun } from "./host";
import { runColour } from "./run_colours";

export async function tensorboardRuns(
  source: Source,
  signal: AbortSignal,
): Promise<readonly HostRun[]> {
  // The page's base is .../data/plugin/attention/, TensorBoard's list is .../data/runs.
  const names = parseJson(await source.get("../../runs", signal));
  return (Array.isArray(names) ? names : [])
    .filter((each) => typeof each === "string")
    .map((name, index) => ({ name, colour: runColour(index) }));
}
