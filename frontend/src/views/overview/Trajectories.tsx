/**
 * (b) The metric over all steps: one thin line for each head, the chosen ones bold, other runs in
 * their colours.
 */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { GapNote } from "../../draw/chart/GapNote";
import { LineChart } from "../../draw/chart/LineChart";
import { type LegendEntry, LineLegend } from "../../draw/chart/LineLegend";
import { type Line, type Mark, type Range, roomyRange, valueRange } from "../../draw/chart/line";
import { roomOfNames } from "../../draw/chart/names";
import type { Near } from "../../draw/chart/nearest";
import { apart, headColour, headDash } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { withPlace } from "../../state/compare";
import { estimateOf } from "../../state/effects";
import { metrics, otherRunMetrics } from "../../state/histories";
import { theme } from "../../state/host";
import { metricNow } from "../../state/overview";
import { colourOfRun } from "../../state/run_order";
import { chooseStep, type HeadAddress, run, stackNow, step } from "../../state/selection";
import { headValues, type Series } from "../../state/series";
import { Card } from "../../ui/Card";
import { HeadOrder } from "../../ui/HeadOrder";
import { headName, metricUnitText, metricWords } from "../../ui/metric_words";
import { OutputStrip } from "./OutputStrip";
import { seriesOf } from "./series";
import {
  choose,
  chosen,
  hasSteps,
  isChosen,
  isSame,
  passes,
  point,
  range,
  series,
  signed,
  valuesNow,
} from "./state";

export function Trajectories(): JSX.Element {
  const several = otherRunMetrics.value.length > 0;
  if (!hasSteps.value) return <OneStep />;
  return (
    <Card id="overview-lines" class="overview-card overview-lines" label="Over the steps">
      <header>
        <h2 class="overview-title">{metricWords(metricNow.value).label} over the steps</h2>
      </header>
      <p class="note">
        one line a head<span data-export="off">; Shift+click pins a head</span>
        {several && <LineLegend entries={runsDrawn()} />} <Gaps />
      </p>
      <OutputStrip marks={marks} nameRoom={nameRoom} />
      <div class="overview-fill">
        <LineChart
          lines={lines}
          range={reach}
          marks={marks}
          place="step"
          format={format}
          label={`${metricWords(metricNow.value).label} of every head over the steps`}
          names
          nameRoom={nameRoom}
          testId="trajectories"
          onNear={(near) => point(headOf(near))}
          onPick={(at, near) => {
            chooseStep(at);
            const head = series.peek()?.heads[headOf(near)];
            if (head) choose(head, false);
          }}
        />
      </div>
    </Card>
  );
}

/** Instead of a chart with nothing to follow. */
function OneStep(): JSX.Element {
  return (
    <Card id="overview-lines" class="overview-card overview-lines" label="The heads in order">
      <OutputStrip marks={marks} nameRoom={nameRoom} />
      <div class="overview-scroll">
        <HeadOrder metricOf={metricOf} testId="overview-order" />
      </div>
    </Card>
  );
}

function metricOf(of: HeadAddress): number {
  const at = series.value?.heads.findIndex((each) => isSame(each, of)) ?? -1;
  return valuesNow.value[at] ?? Number.NaN;
}

/** Of effects: which heads were cut changes from step to step. */
function Gaps(): JSX.Element {
  if (!signed.value) return <GapNote lines={lines} place="step" />;
  const estimated = lines.value.some((each) => each.name.endsWith(ESTIMATE));
  return <span>· dots: measured at some steps only{estimated && "; dashed: estimate"}</span>;
}

/** Of two chosen heads with the same number, in two layers, each has a colour of its own. */
const colourNumbers = computed(() => apart(chosen.value.map((each) => each.head)));

function colourNumber(of: HeadAddress): number {
  return colourNumbers.value[chosen.value.findIndex((each) => isSame(each, of))] ?? of.head;
}

/** What the axis up reaches over: of effects, what the lines do, and 0. */
const reach = computed<Range>(() => {
  if (!signed.value) return range.value;
  const [low, high] = valueRange(lines.value);
  return roomyRange([Math.min(0, low), Math.max(0, high)]);
});

function runsDrawn(): readonly LegendEntry[] {
  const others = otherRunMetrics.value.map((each) => each.run);
  return [run.value, ...others].map((name) => ({ name, colour: colourOfRun(name) }));
}

const ESTIMATE = " estimate";

/** The estimates of the chosen heads, where the metric is a measured effect. */
const estimates = computed<readonly Line[]>(() => {
  const [known, stack, name] = [metrics.value, stackNow.value, estimateOf(metricNow.value)];
  if (!known?.names.includes(name) || !stack || otherRunMetrics.value.length > 0) return [];
  const of = seriesOf(known, stack, name);
  return of.heads.flatMap((head, index) =>
    isChosen(head)
      ? [
          {
            id: index,
            name: `${headName(head)}${ESTIMATE}`,
            places: of.steps,
            values: headValues(of, index),
            colour: headColour(colourNumber(head), theme.value),
            width: 1,
            bold: true,
            unnamed: true,
            dash: [3, 3],
          },
        ]
      : [],
  );
});

/**
 * The heads of this run, then the chosen heads of other runs. A line's id is the index of the head
 * in `series`.
 */
const lines = computed<readonly Line[]>(() => {
  const own = series.value;
  if (!own) return [];
  const others = otherRunMetrics.value;
  const thin = others.length > 0 ? colourOfRun(run.value) : palette(theme.value).muted;
  const mine = own.heads.map((head, index): Line => {
    const bold = isChosen(head);
    const number = bold && others.length === 0 ? colourNumber(head) : null;
    const colour = number === null ? thin : headColour(number, theme.value);
    const dash = number === null ? [] : headDash(number);
    return {
      id: index,
      name: headName(head),
      places: own.steps,
      values: headValues(own, index),
      colour,
      bold,
      dash,
    };
  });
  const shown = mine.filter((each) => each.bold || passes(own.heads[each.id]));
  return [
    ...shown,
    ...estimates.value,
    ...others.flatMap((each) => chosenOf(each.run, seriesOfRun(each.metrics), own)),
  ];
});

function seriesOfRun(of: NonNullable<typeof metrics.value>): Series | null {
  return stackNow.value && seriesOf(of, stackNow.value, metricNow.value);
}

function chosenOf(name: string, of: Series | null, own: Series): readonly Line[] {
  return (of?.heads ?? []).flatMap((head, index) => {
    const id = own.heads.findIndex((each) => isSame(each, head));
    if (!of || id < 0 || !isChosen(head)) return [];
    const label = `${name} ${headName(head)}`;
    return [
      {
        id,
        name: label,
        places: of.steps,
        values: headValues(of, index),
        colour: colourOfRun(name),
        bold: true,
      },
    ];
  });
}

/** Index of the head that a line stands for; -1: none. */
function headOf(near: Near | null): number {
  return near ? (lines.peek()[near.line]?.id ?? -1) : -1;
}

/** For the names of the lines, and as much above them. */
const nameRoom = computed(() => roomOfNames(lines.value));

const marks = computed<readonly Mark[]>(() => {
  const other = withPlace.value;
  const compared = other?.run === run.value ? [{ place: other.step, dashed: true }] : [];
  return [{ place: step.value, dashed: false }, ...compared];
});

function format(value: number): string {
  return metricUnitText(value, metricNow.value);
}
