/** The lines of the chart: of the head and those it goes with, of the probe, and of its run. */

import { computed, signal } from "@preact/signals";
import type { Line, Mark, Range } from "../../../draw/chart/line";
import { roomyRange, valueRange } from "../../../draw/chart/line";
import { rampColour, sequential } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { withPlace } from "../../../state/compare";
import { field } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import { theme } from "../../../state/host";
import { metricNow } from "../../../state/overview";
import { head, layer, run, step, steps, tag } from "../../../state/selection";
import { curves, headsOf, storyNow } from "../../../state/stories";
import type { Curve } from "../../../types";
import { headName } from "../../../ui/metric_words";
import { firstCurves } from "./choice";
import { measure } from "./measure";
import { type Scaled, scaledTo, within } from "./scaled";

/** Names of the curves that are drawn beside those of heads. null: the most telling ones. */
export const wantedCurves = signal<readonly string[] | null>(null);
inAddress(
  "curves",
  field(
    wantedCurves,
    (value) => (value === null ? "" : `.${value.map(encodeURIComponent).join(".")}`),
    (text) => text.split(".").slice(1).filter(Boolean).map(decodeURIComponent),
  ),
);

/** Those that there are within the steps of the probe. */
export const knownCurves = computed<readonly Curve[]>(() =>
  (curves.value?.curves ?? []).filter((each) => inReach(each).length > 1),
);

function inReach({ steps: all }: Curve): readonly number[] {
  const [from, to] = reach.value;
  return all.filter((each) => each >= from && each <= to);
}

export const drawnCurves = computed<readonly Curve[]>(() => {
  const wanted = wantedCurves.value ?? firstCurves(knownCurves.value, metricNow.value);
  return wanted.flatMap((name) => knownCurves.value.find((each) => each.name === name) ?? []);
});

export function toggleCurve(name: string): void {
  const now = drawnCurves.peek().map((each) => each.name);
  wantedCurves.value = now.includes(name) ? now.filter((each) => each !== name) : [...now, name];
}

/** First and last step of the probe. */
export const reach = computed<Range>(() => [
  steps.value[0] ?? 0,
  steps.value[steps.value.length - 1] ?? 1,
]);

/** The head on the screen, bold, and those that the story is about beside it. */
export const headLines = computed<readonly Line[]>(() => {
  const known = measure.value;
  if (!known) return [];
  const told = storyNow.value;
  const focused = { layer: layer.value, head: head.value };
  const isFocused = (each: typeof focused): boolean =>
    each.layer === focused.layer && each.head === focused.head;
  const others = told ? headsOf(told).filter((each) => !isFocused(each)) : [];
  const colour = inkColour();
  return [...others, focused].map((each, id) => ({
    id,
    name: headName(each),
    places: known.steps,
    values: known.of(each),
    colour,
    bold: isFocused(each),
  }));
});

/** The strongest colour of the matrices. */
export function inkColour(): string {
  return rampColour(sequential(theme.value), 255);
}

/** What the axis reaches over: that of the lines of heads. */
export const range = computed<Range>(() =>
  (measure.value?.share ?? true) ? [0, 1] : roomyRange(valueRange(headLines.value)),
);

/** The dashes of the second and the third curve from one place. */
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

export const scaledCurves = computed<readonly Scaled[]>(() => {
  const colours = palette(theme.value);
  const counts = { probe: 0, run: 0 };
  return drawnCurves.value.map((curve, at) => {
    const from = curve.from === "probe" ? "probe" : "run";
    const line: Line = {
      id: at,
      name: curve.label,
      places: curve.steps,
      values: curve.values,
      colour: from === "probe" ? colours.accent : colours.muted,
      dash: DASHES[counts[from]++ % DASHES.length] ?? [],
      width: from === "probe" ? 1.8 : 1.4,
      bold: true,
    };
    return scaledTo(within(line, reach.value), range.value);
  });
});

/** The steps between which it came about; null where the story is about one step. */
export const span = computed<Range | null>(() => {
  const between = storyNow.value?.finding.steps ?? [];
  const [from, to] = [between[0], between[between.length - 1]];
  return from === undefined || to === undefined || from === to ? null : [from, to];
});

export const marks = computed<readonly Mark[]>(() => {
  const other = withPlace.value;
  const beside = other?.run === run.value && other.tag === tag.value;
  return [
    { place: step.value, dashed: false },
    ...(beside ? [{ place: other.step, dashed: true }] : []),
  ];
});
