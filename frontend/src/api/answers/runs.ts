/** `runs`: what there is to choose from. */

import { ApiError } from "../error";
import { flag, list, number, object, type Reader, text } from "../json";

/** The version of the answers that this bundle was written for. */
const VERSION = 1;

const version: Reader<number> = (value, what) => {
  if (number(value, what) === VERSION) return VERSION;
  throw new ApiError("The plugin is of another version than this page. Reload the page.", 0);
};

const tag = object({
  tag: text,
  /** Ascending; versions and wall_times go with them. */
  steps: list(number),
  wall_times: list(number),
  versions: list(text),
  /** Of the last step; those of the longest text where there are several. */
  tokens: number,
});

const run = object({ run: text, tags: list(tag) });

const problem = object({ run: text, file: text, problem: text });

const runs = object({ version, loading: flag, runs: list(run), problems: list(problem) });

export function readRuns(value: unknown) {
  return runs(value, "the list of runs");
}

/** One probe of one run. */
export type Tag = ReturnType<typeof tag>;
export type Run = ReturnType<typeof run>;
/** Something that could not be read; the rest still shows. */
export type FileProblem = ReturnType<typeof problem>;
export type Runs = ReturnType<typeof readRuns>;
