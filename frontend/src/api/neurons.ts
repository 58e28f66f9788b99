/** The answers of docs/http.md about neurons over distance and steps, decoded and checked. */

import type { Contributions, DistanceAxis, Distances, Line } from "../types";
import { unreadable } from "./error";
import { type Bundle, floats, numbersOf } from "./safetensors";

/** One head, or one score of it. */
export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}
export interface PairPlace extends HeadPlace {
  readonly query: number;
  readonly key: number;
}

export function readDistances(
  bundle: Bundle,
  step: number,
  { layer, head }: HeadPlace,
  axis: DistanceAxis,
): Distances {
  const contributions = floats(bundle, "contributions", 2);
  const [neurons = 0, count = 0] = contributions.shape;
  const [pairs, scores, weights] = (["pairs", "scores", "weights"] as const).map(
    (name) => floats(bundle, name, 1).data,
  );
  const lines = floats(bundle, "lines", 2).data;
  const order = numbersOf(bundle, "order");
  const first = numberAt(bundle, "first");
  const fits = [pairs, scores, weights].every((each) => each?.length === count);
  if (
    !pairs ||
    !scores ||
    !weights ||
    !fits ||
    order.length !== neurons ||
    lines.length !== 3 * neurons ||
    first === null
  )
    throw unreadable("the distances do not fit each other");
  return {
    step,
    layer,
    head,
    axis,
    first,
    count,
    neurons,
    pairs,
    contributions: contributions.data,
    scores,
    weights,
    lines: Array.from({ length: neurons }, (_, n) => lineAt(lines, 3 * n)),
    scoreLine: lineAt(floats(bundle, "score_line", 1).data, 0),
    order,
    queryCommon: numberAt(bundle, "query_common"),
    keyCommon: numberAt(bundle, "key_common"),
  };
}

export function readContributions(bundle: Bundle, place: PairPlace): Contributions {
  const { shape, data } = floats(bundle, "contributions", 2);
  const [count = 0, neurons = 0] = shape;
  const steps = numbersOf(bundle, "steps");
  const [scores, weights] = [floats(bundle, "scores", 1).data, floats(bundle, "weights", 1).data];
  if (steps.length !== count || scores.length !== count || weights.length !== count)
    throw unreadable("the contributions do not fit their steps");
  const done = bundle.metadata.get("done") === "true";
  const notes: unknown = JSON.parse(bundle.metadata.get("notes") ?? "[]");
  const progress = numberAt(bundle, "progress") ?? 0;
  const said = Array.isArray(notes) ? notes.map(String) : [];
  return {
    ...place,
    steps,
    neurons,
    contributions: data,
    scores,
    weights,
    notes: said,
    progress,
    done,
  };
}

function lineAt(data: Float32Array, at: number): Line {
  const [slope = Number.NaN, intercept = Number.NaN, r2 = Number.NaN] = data.subarray(at, at + 3);
  return { slope, intercept, r2 };
}

/** A number of the metadata; null where it says so. */
function numberAt(bundle: Bundle, name: string): number | null {
  const value: unknown = JSON.parse(bundle.metadata.get(name) ?? "null");
  return typeof value === "number" ? value : null;
}
