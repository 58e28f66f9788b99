/** What is chosen, brought in line with what there is. Pure functions of choices and facts. */

import { knowsLengths } from "../stacks";
import type { Capture, CaptureStack, LeftOut, Run, Runs, Stack, Tag } from "../types";
import type { HeadAddress } from "./chosen";
import { nearest } from "./nearest";

export interface RunAndTag {
  readonly run: string;
  readonly tag: string;
}

/**
 * The wanted run and tag, or the nearest to them: the same tag in another run, else the probe with
 * the most steps. null where nothing was logged.
 */
export function settleRun(runs: Runs, wanted: RunAndTag): RunAndTag | null {
  const logged = runs.runs.filter((each) => each.tags.length > 0);
  const same = logged.find((each) => each.run === wanted.run);
  const run = same ?? logged.find((each) => has(each, wanted.tag)) ?? most(logged, longest);
  const tag = run && has(run, wanted.tag) ? wanted.tag : run && most(run.tags, stepsOf)?.tag;
  return run && tag !== undefined ? { run: run.run, tag } : null;
}

function stepsOf({ steps }: Tag): number {
  return steps.length;
}

/** Steps of the probe of a run that has the most. */
function longest({ tags }: Run): number {
  return Math.max(0, ...tags.map(stepsOf));
}

/** The first of those with the most. */
function most<T>(all: readonly T[], count: (each: T) => number): T | undefined {
  return all.find((each) => count(each) === Math.max(...all.map(count)));
}

/** The runs that have `tag`; choosing a tag that the chosen run lacks goes to the first of them. */
export function runsWith(runs: Runs, tag: string): readonly Run[] {
  return runs.runs.filter((each) => has(each, tag));
}

function has(run: Run, tag: string): boolean {
  return run.tags.some((each) => each.tag === tag);
}

export interface Choices {
  readonly stack: Stack | null;
  readonly layer: number;
  readonly head: number;
  readonly query: number | null;
  readonly key: number | null;
  readonly pins: readonly HeadAddress[];
  readonly leftOut: LeftOut;
  /** Weights as float32 however many there are. */
  readonly exact: boolean;
}

/** `Choices` as they are possible in a capture, with what the requests need to know. */
export interface Fitted extends Choices {
  readonly stack: Stack;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly weightsOnly: boolean;
  /** The focused head and the pinned ones, as far as their weights were logged. */
  readonly enlarged: readonly HeadAddress[];
}

/**
 * null where the capture has no attention. `onlyLogged`: a head that was not logged gives way to
 * another.
 */
export function settleCapture(
  capture: Capture,
  wanted: Choices,
  onlyLogged = false,
): Fitted | null {
  const stack = capture.stacks.find((each) => each.name === wanted.stack) ?? capture.stacks[0];
  if (!stack || stack.layers.length === 0) return null;
  const number = nearest(layerNumbers(stack), wanted.layer);
  const layer = stack.layers.find((each) => each.layer === number);
  const queries = capture.sequences[stack.query_sequence]?.tokens.length ?? 0;
  const keys = capture.sequences[stack.key_sequence]?.tokens.length ?? 0;
  if (!layer || queries === 0 || keys === 0) return null;
  const within = Math.min(wanted.head, layer.heads - 1);
  const head = onlyLogged && layer.logged_heads ? nearest(layer.logged_heads, within) : within;
  const pins = wanted.pins.filter((pin) =>
    stack.layers.some((each) => each.layer === pin.layer && pin.head < each.heads),
  );
  return {
    stack: stack.name,
    layer: number,
    head,
    query: wanted.query !== null && wanted.query < queries ? wanted.query : null,
    key: wanted.key !== null && wanted.key < keys ? wanted.key : null,
    pins,
    leftOut: knowsLengths(stack) ? wanted.leftOut : { ...wanted.leftOut, show: "weight" },
    exact: wanted.exact,
    heads: layer.heads,
    queries,
    keys,
    weightsOnly: layer.weights_only,
    enlarged: [{ layer: number, head }, ...pins].filter((each) => isLogged(stack, each)),
  };
}

/** Whether the weights of a head can be asked for. */
export function isLogged(stack: CaptureStack, { layer, head }: HeadAddress): boolean {
  return stack.layers.find((each) => each.layer === layer)?.logged_heads?.includes(head) ?? true;
}

function layerNumbers(stack: CaptureStack): readonly number[] {
  return stack.layers.map((each) => each.layer);
}
