/** Lines over distance in words: what falls, what rises, how steeply. */

import { exactText, shortPercentText, shortText } from "../../format";
import type { DistanceAxis, Distances, Line } from "../../types";
import { neuronsOf } from "./distance_curves";

/** A line that explains less than this share of the variance is no trend; as in the server. */
const CLEAR = 0.8;
const NAMED = 3;

type Trend = "falls" | "rises" | "no clear line";

export function trendOf({ slope, r2 }: Line): Trend {
  if (!(r2 >= CLEAR) || slope === 0) return "no clear line";
  return slope < 0 ? "falls" : "rises";
}

/** "a token" or "a doubling of the distance": what a slope is per. */
export function per(axis: DistanceAxis): string {
  return axis === "log" ? "a doubling" : "a token";
}

/** "falls by 0.0753 a token, r² 0.98" */
export function lineText(line: Line, axis: DistanceAxis): string {
  const trend = trendOf(line);
  if (!Number.isFinite(line.slope)) return "too few distances for a line";
  const size = `${exactText(Math.abs(line.slope))} ${per(axis)}, r² ${shortText(line.r2)}`;
  return trend === "no clear line"
    ? `no clear line (slope ${exactText(line.slope)} ${per(axis)}, r² ${shortText(line.r2)})`
    : `${trend} by ${size}`;
}

/**
 * "Neurons 2, 15 and 21 fall most with distance; neuron 7 rises.", or of partners "Neurons 2 + 34
 * and 15 + 47 fall with distance.": those whose curves follow their line and hardly come back.
 */
export function namedNeurons(known: Distances): string {
  const { order, lines, clear } = known;
  const of = (falls: boolean): number[] =>
    order.filter((curve) => clear[curve] && (lines[curve]?.slope ?? 0) < 0 === falls);
  const [fall, rise] = [of(true), of(false)];
  const parts = [said(known, fall, "falls", "fall"), said(known, rise, "rises", "rise")].filter(
    (each) => each !== "",
  );
  if (parts.length === 0)
    return known.partners
      ? "No two rotary partners together follow a clear line over distance."
      : "No neuron's contribution follows a clear line over distance.";
  // What is named first is what is steeper.
  if (
    rise.length > 0 &&
    (fall.length === 0 || order.indexOf(rise[0] ?? 0) < order.indexOf(fall[0] ?? 0))
  )
    parts.reverse();
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function said(known: Distances, curves: readonly number[], one: string, many: string): string {
  const named = curves.slice(0, NAMED).map((curve) => neuronsOf(known, curve).join(" + "));
  const last = named.pop();
  if (last === undefined) return "";
  if (named.length === 0)
    return known.partners
      ? `neurons ${last} ${many} with distance`
      : `neuron ${last} ${one} with distance`;
  const most = curves.length > NAMED ? " most" : "";
  return `neurons ${named.join(", ")} and ${last} ${many}${most} with distance`;
}

/**
 * How much of the queries and keys is the same for all tokens, and so knows nothing of the content;
 * "" where it is not known.
 */
export function commonText({ queryCommon, keyCommon }: Distances): string {
  if (queryCommon === null || keyCommon === null) return "";
  return `The same for all tokens: ${shortPercentText(queryCommon)} of the queries' squared length, ${shortPercentText(keyCommon)} of the keys'.`;
}

/**
 * Values of a line at the places first, first + 1 ...; against the size of the distance, as it was
 * fitted.
 */
export function lineValues(
  { slope, intercept }: Line,
  first: number,
  count: number,
  axis: DistanceAxis,
): Float64Array {
  return Float64Array.from({ length: count }, (_, place) => {
    const size = Math.abs(first + place);
    return intercept + slope * (axis === "log" ? Math.log2(1 + size) : size);
  });
}
