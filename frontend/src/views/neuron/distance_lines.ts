/**
 * The head by distance as lines: its mean weight, and what its steepest neurons contribute, with
 * the lines fitted to them.
 */

import { computed } from "@preact/signals";
import type { Line } from "../../draw/chart/line";
import { headColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { compared, withName } from "../../state/compare";
import { theme } from "../../state/host";
import { otherDistances } from "../../state/neuron";
import type { Distances } from "../../types";
import { curveName, curveOf, curveValues, neuronsOf } from "./distance_curves";
import { distancesHere, neuronAt, pinnedHere, pointed } from "./state";
import { lineValues } from "./trend";

const DRAWN = 3;
const DASH = [4, 3];
/**
 * Means over a few pairs jump, and would take all the room: distances with less than this share of
 * the pairs are not drawn.
 */
const RARE = 0.02;

export const weightLines = computed<readonly Line[]>(() => {
  const known = distancesHere.value;
  if (!known) return [];
  const colours = palette(theme.value);
  const line = (id: number, name: string, colour: string, of: Distances): Line => ({
    id,
    name,
    places: distancesOf(known),
    values: drawable(of, of.weights),
    colour,
    width: 1.5,
    bold: true,
  });
  const own = line(0, "mean weight", colours.text, known);
  const other = otherDistances.value;
  const fits =
    compared.value !== null && other?.count === known.count && other.first === known.first;
  return fits && other
    ? [own, { ...line(1, withName.value, colours.focus, other), dash: DASH }]
    : [own];
});

/** The steepest curves, the clear ones first; and that of the pinned or pointed neuron. */
export const drawnCurves = computed<readonly number[]>(() => {
  const known = distancesHere.value;
  if (!known) return [];
  const chosen = pinnedHere.value ?? neuronAt(pointed.value?.place ?? null);
  const isClear = (curve: number): boolean => known.clear[curve] === true;
  const steepest = [
    ...known.order.filter(isClear),
    ...known.order.filter((curve) => !isClear(curve)),
  ].slice(0, DRAWN);
  const curve = chosen === null ? null : curveOf(known, chosen);
  return curve === null || steepest.includes(curve) ? steepest : [...steepest, curve];
});

/** Each of the drawn curves, and the line that was fitted to it. */
export const neuronLines = computed<readonly Line[]>(() => {
  const known = distancesHere.value;
  if (!known) return [];
  const places = distancesOf(known);
  const pinned = pinnedHere.value === null ? null : curveOf(known, pinnedHere.value);
  return drawnCurves.value.flatMap((curve, place): Line[] => {
    const [fitted, colour] = [known.lines[curve], colourOf(place)];
    const { count, first, axis } = known;
    const values = curveValues(known, curve);
    const shared = { id: curve, places, colour, bold: true };
    const own = {
      ...shared,
      name: curveName(known, curve),
      values: drawable(known, values),
      width: curve === pinned ? 2.5 : 1.5,
    };
    if (!fitted) return [own];
    const trend = {
      ...shared,
      name: `line of ${neuronsOf(known, curve).join(" + ")}`,
      values: lineValues(fitted, first, count, axis),
      width: 1,
      dash: DASH,
    };
    return [own, trend];
  });
});

/** Colour of the curve that is drawn at this place of `drawnCurves`. */
export function colourOf(place: number): string {
  return headColour(place, theme.value);
}

/** Distances with fewer pairs than this are not drawn. */
export function leastPairs(known: Distances): number {
  return RARE * known.pairs.reduce((most, count) => Math.max(most, count), 0);
}

function distancesOf(known: Distances): readonly number[] {
  return Array.from({ length: known.count }, (_, place) => known.first + place);
}

function drawable(known: Distances, values: Float32Array): Float32Array {
  const least = leastPairs(known);
  return values.map((value, place) => ((known.pairs[place] ?? 0) < least ? Number.NaN : value));
}
