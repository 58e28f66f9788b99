/** The runs of a page that holds its own data, with the colours that TensorBoard would give them. */

import { readRuns } from "../api/answers/runs";
import { parseJson } from "../api/json";
import type { Source } from "../api/source";
import type { HostRun } from "./host";
import { runColour } from "./run_colours";

export async function heldRuns(source: Source, signal: AbortSignal): Promise<readonly HostRun[]> {
  const { runs } = readRuns(parseJson(await source.get("runs", signal)));
  return runs.map(({ run }, index) => ({ name: run, colour: runColour(index) }));
}
