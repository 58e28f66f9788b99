/**
 * One score along the steps as lines: what the followed neurons add to it, the rank of one of them,
 * and the weight.
 */

import { computed } from "@preact/signals";
import type { Line, Mark, Range } from "../../draw/chart/line";
import { headColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { theme } from "../../state/host";
import { contributions, explainedKey } from "../../state/neuron";
import type { Contributions } from "../../types";
import { contributionAlong, knownSteps, largestAt, rankAlong } from "./along";
import { picture, pinnedHere } from "./state";

const FOLLOWED = 4;

/** Of the score on the screen, at the steps that are known so far; null until there are some. */
export const along = computed<Contributions | null>(() => {
  const [frame, all] = [picture.value?.frame, contributions.value];
  const here =
    frame &&
    all?.layer === frame.layer &&
    all.head === frame.head &&
    all.query === frame.query &&
    all.key === explainedKey.value;
  if (!here) return null;
  return all.done ? all : knownSteps(all);
});

/** Number of the step on the screen among the steps that are known. */
export const placeNow = computed(() =>
  Math.max(0, along.value?.steps.indexOf(picture.value?.frame.step ?? 0) ?? 0),
);

/** The neurons with the largest contributions at this step, and the pinned one. */
export const followed = computed<readonly number[]>(() => {
  const [all, pinned] = [along.value, pinnedHere.value];
  const largest = all ? largestAt(all, placeNow.value, FOLLOWED) : [];
  return pinned === null || largest.includes(pinned)
    ? largest
    : [pinned, ...largest.slice(0, FOLLOWED - 1)];
});

/** The neuron whose rank is shown. */
export const mainNeuron = computed(() => pinnedHere.value ?? followed.value[0] ?? null);

export const contributionLines = computed<readonly Line[]>(() => {
  const all = along.value;
  if (!all) return [];
  return followed.value.map((neuron, place) => ({
    id: neuron,
    name: `neuron ${neuron}`,
    places: all.steps,
    values: contributionAlong(all, neuron),
    colour: headColour(place, theme.value),
    width: neuron === mainNeuron.value ? 2.5 : 1.2,
    bold: true,
  }));
});

export const rankLines = computed<readonly Line[]>(() => {
  const [all, neuron] = [along.value, mainNeuron.value];
  return all && neuron !== null ? [lineOf(all, "rank", rankAlong(all, neuron))] : [];
});
export const rankRange = computed<Range>(() => [1, Math.max(2, along.value?.neurons ?? 0)]);

export const weightLines = computed<readonly Line[]>(() => {
  const all = along.value;
  return all ? [lineOf(all, "weight", all.weights)] : [];
});

export const stepMarks = computed<readonly Mark[]>(() =>
  picture.value ? [{ place: picture.value.frame.step, dashed: false }] : [],
);

function lineOf({ steps }: Contributions, name: string, values: Float32Array): Line {
  const colour = palette(theme.value).text;
  return { id: 0, name, places: steps, values, colour, width: 1.5, bold: true };
}
