/** TensorBoard's own list of runs, in the order in which it gives them colours. */

import { Client } from "./client";
import { parseJson } from "./json";

/** Names of all runs, those without attention among them. */
export async function readHostRuns(
  signal: AbortSignal,
  client = new Client(),
): Promise<readonly string[]> {
  // The page's base is .../data/plugin/attention/, TensorBoard's list is .../data/runs.
  const names = parseJson(await client.get("../../runs", signal));
  return Array.isArray(names) ? names.filter((each) => typeof each === "string") : [];
}
