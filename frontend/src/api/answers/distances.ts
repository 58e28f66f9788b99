/** `distances`: one head by distance. */

import { unreadable } from "../error";
import { flag, number, orNull } from "../json";
import { type Bundle, floats, metadata, numbersOf } from "../safetensors";
import type { OfHead } from "./neurons";

/** What a line over distances is fitted against: tokens, or log2(1 + tokens). */
export type DistanceAxis = "linear" | "log";

/**
 * How something changes with distance: value = intercept + slope * place; r2 0..1 says how well it
 * is a line. NaN: there is none.
 */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly r2: number;
}

export function readDistances(bundle: Bundle, { step, layer, head }: OfHead, axis: DistanceAxis) {
  const { shape, data } = floats(bundle, "contributions", 2);
  const [neurons = 0, count = 0] = shape;
  const [pairs, scores, weights] = [
    floats(bundle, "pairs", 1).data,
    floats(bundle, "scores", 1).data,
    floats(bundle, "weights", 1).data,
  ];
  const lines = floats(bundle, "lines", 2).data;
  const [order, clear] = [numbersOf(bundle, "order"), numbersOf(bundle, "clear")];
  const turnsBack = floats(bundle, "turns_back", 1).data;
  const from = metadata(bundle, {
    first: number,
    partners: flag,
    query_common: orNull(number),
    key_common: orNull(number),
  });
  const curves = from.partners ? neurons / 2 : neurons;
  const each: readonly Line[] = Array.from({ length: curves }, (_, n) => lineAt(lines, 3 * n));
  const fits = [pairs, scores, weights].every((of) => of.length === count);
  const told = [order, clear, turnsBack].every((of) => of.length === curves);
  if (!fits || !told || lines.length !== 3 * curves)
    throw unreadable("the distances do not fit each other");
  return {
    step,
    layer,
    head,
    axis,
    first: from.first,
    count,
    neurons,
    pairs,
    contributions: data,
    scores,
    weights,
    /** Curve n is that of neurons n and n + neurons / 2 together, which rotary embedding turns. */
    partners: from.partners,
    /** One for each curve: of single neurons, or of partners. */
    lines: each,
    /** How far each curve comes back, as a share 0..1 of its range. */
    turnsBack,
    /** Whether each curve follows its line and hardly comes back. */
    clear: clear.map((of) => of === 1),
    scoreLine: lineAt(floats(bundle, "score_line", 1).data, 0),
    /** Curves, the steepest line that fits first. */
    order,
    /** 0..1, how far all queries, or keys, are one vector; null where that is not defined. */
    queryCommon: from.query_common,
    keyCommon: from.key_common,
  } as const;
}

function lineAt(data: Float32Array, at: number): Line {
  const [slope = Number.NaN, intercept = Number.NaN, r2 = Number.NaN] = data.subarray(at, at + 3);
  return { slope, intercept, r2 };
}

/**
 * Place p of an array is the distance `first` + p, the query's position less the key's. NaN where
 * no pair sees each other at that distance. contributions: [neurons, distances].
 */
export type Distances = ReturnType<typeof readDistances>;
