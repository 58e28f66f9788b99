/**
 * Which runs are drawn beside the one that is shown, and offered for comparison: those whose boxes
 * are checked in the list of runs.
 */

import { computed, signal } from "@preact/signals";
import { run, tag } from "./chosen";
import { field } from "./field";
import { inAddress } from "./fields";
import { knownRuns } from "./scope";

/** So many other runs are drawn where none was chosen. */
const BY_THEMSELVES = 6;
/** So many are drawn at most: each is an answer of its own. */
export const MOST_RUNS = 12;

/** The runs whose boxes are checked; null: the first ones that have the probe. */
const checkedRuns = signal<readonly string[] | null>(null);
inAddress("runs", field(checkedRuns, printNames, parseNames));

/** What narrows the list of runs: a regular expression, or plain text. */
export const runFilter = signal("");
inAddress("run_filter", field(runFilter, String, String));

/** Other runs that have the probe. */
const others = computed<readonly string[]>(() =>
  (knownRuns.value?.runs ?? [])
    .filter((each) => each.run !== run.value && each.tags.some((known) => known.tag === tag.value))
    .map((each) => each.run),
);

/** Runs that are drawn beside the one that is shown, in the order of the list. */
export const otherRuns = computed<readonly string[]>(() => {
  const chosen = checkedRuns.value;
  if (chosen === null) return others.value.slice(0, BY_THEMSELVES);
  return others.value.filter((each) => chosen.includes(each)).slice(0, MOST_RUNS);
});

/** Draws a run as well, or no longer. The one that is shown stays among the checked ones. */
export function checkRun(name: string, on: boolean): void {
  const now = new Set([run.value, ...(checkedRuns.value ?? otherRuns.value)]);
  if (on) now.add(name);
  else now.delete(name);
  checkedRuns.value = [...now];
}

/** Draws the run alone that is shown; or again the first ones that have the probe. */
export function checkAlone(alone: boolean): void {
  checkedRuns.value = alone ? [] : null;
}

/** Whether a name passes the filter; what is no regular expression is taken as it is written. */
export function passesFilter(name: string, filter: string): boolean {
  const wanted = filter.trim();
  try {
    return new RegExp(wanted, "i").test(name);
  } catch {
    // One is still typing, or means the brackets as they stand.
    return name.toLowerCase().includes(wanted.toLowerCase());
  }
}

/** Names with commas between; a comma alone is none. */
function printNames(names: readonly string[] | null): string {
  if (names === null) return "";
  const written = names.map((each) => each.replace(/[%,]/g, encodeURIComponent));
  return written.length > 0 ? written.join(",") : ",";
}

function parseNames(text: string): readonly string[] {
  return text
    .split(",")
    .filter((each) => each !== "")
    .map((each) => each.replace(/%2C/g, ",").replace(/%25/g, "%"));
}
