/** The weight of the pair in every head over the steps, as lines. */

import { computed } from "@preact/signals";
import type { Line, Mark, Range } from "../../../draw/chart/line";
import { valueRange } from "../../../draw/chart/line";
import { roomOfNames } from "../../../draw/chart/names";
import type { Near } from "../../../draw/chart/nearest";
import { apart, headColour, headDash } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { withRunNow, withTagNow } from "../../../state/compare";
import { theme } from "../../../state/host";
import { comparedPair, pairHeads, pairOverSteps } from "../../../state/pair_heads";
import { type HeadAddress, run, step, tag } from "../../../state/selection";
import { headValues } from "../../../state/series";
import { headName } from "../../../ui/metric_words";
import { chosen, isSame, passes } from "../state";

/** So many heads are drawn bold beside the chosen ones. */
const BOLD = 3;

/** The heads of the table. */
export const rows = computed(() => pairHeads.value.filter((each) => passes(each)));

/** Heads whose lines are bold, the first ones of the table before the chosen ones. */
const bold = computed<readonly HeadAddress[]>(() => {
  const best = rows.value.slice(0, BOLD);
  return [...best, ...chosen.value.filter((each) => !best.some((one) => isSame(one, each)))];
});
const colourNumbers = computed(() => apart(bold.value.map((each) => each.head)));

export const lines = computed<readonly Line[]>(() => {
  const known = pairOverSteps.value;
  if (!known) return [];
  return known.heads.flatMap((head, index): readonly Line[] => {
    if (!passes(head)) return [];
    const place = bold.value.findIndex((each) => isSame(each, head));
    const number = colourNumbers.value[place] ?? 0;
    const own: Line = {
      id: index,
      name: headName(head),
      places: known.steps,
      values: headValues(known, index),
      colour: place >= 0 ? headColour(number, theme.value) : palette(theme.value).muted,
      bold: place >= 0,
      ...(place >= 0 ? { dash: headDash(number) } : {}),
    };
    return place >= 0 ? [own, ...comparedLine(own, head)] : [own];
  });
});

/** The same head in the other probe, dashed; another step of this probe is on its line already. */
function comparedLine(own: Line, head: HeadAddress): readonly Line[] {
  const there = comparedPair.value?.series;
  const sameProbe = withRunNow.value === run.value && withTagNow.value === tag.value;
  const at = there?.heads.findIndex((each) => isSame(each, head)) ?? -1;
  if (!there || sameProbe || at < 0) return [];
  return [
    {
      ...own,
      name: `${own.name} of B`,
      places: there.steps,
      values: headValues(there, at),
      dash: [4, 3],
    },
  ];
}

/** Index of the head of a line in `pairOverSteps`; -1: none. */
export function idOf(near: Near | null): number {
  return near ? (lines.peek()[near.line]?.id ?? -1) : -1;
}

export const nameRoom = computed(() => roomOfNames(lines.value));

export const range = computed<Range>(() => [0, Math.max(0.05, valueRange(lines.value)[1])]);

export const marks = computed<readonly Mark[]>(() => [
  { place: step.value, dashed: false },
  ...(comparedPair.value ? [{ place: comparedPair.value.step, dashed: true }] : []),
]);
