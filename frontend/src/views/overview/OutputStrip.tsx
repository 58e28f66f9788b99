/**
 * The loss of the text, or how much likelier one answer is than another, over the steps: on the
 * same axis as the trajectories below it.
 */

import { computed, type ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { LineChart } from "../../draw/chart/LineChart";
import type { Line, Mark } from "../../draw/chart/line";
import { palette } from "../../draw/palette";
import { effectText } from "../../format";
import { type NumberName, wantedNumber } from "../../state/effects";
import { metrics, otherRunMetrics } from "../../state/histories";
import { theme } from "../../state/host";
import { colourOfRun } from "../../state/run_order";
import { chooseStep, run, step } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Metrics, OutputNumber } from "../../types";
import type { Option } from "../../ui/choice";
import { Segments } from "../../ui/Segments";

const HEIGHT = 64;

const OPTIONS: Readonly<Record<NumberName, Option<NumberName>>> = {
  loss: { value: "loss", label: "loss", hint: "mean loss of the text's tokens" },
  answer: { value: "answer", label: "answer", hint: "how much likelier the first answer is" },
};

/** Which numbers of the output were measured. */
const measured = computed<readonly NumberName[]>(() =>
  (["loss", "answer"] as const).filter((name) =>
    metrics.value?.numbers.some((each) => each.number === name),
  ),
);

const shown = computed<NumberName>(() =>
  measured.value.includes(wantedNumber.value) ? wantedNumber.value : (measured.value[0] ?? "loss"),
);

interface OutputStripProps {
  /** The step on the screen, and the compared one. */
  readonly marks: ReadonlySignal<readonly Mark[]>;
  /** CSS pixels that the names of the lines below take at the right. */
  readonly nameRoom: ReadonlySignal<number>;
}

export function OutputStrip({ marks, nameRoom }: OutputStripProps): JSX.Element | null {
  if (measured.value.length === 0) return null;
  return (
    <div class="overview-strip" data-testid="output-strip">
      <div class="overview-strip-head">
        <p class="note" data-testid="output-now">
          {titleText()}
        </p>
        {measured.value.length > 1 && (
          <Segments
            label="Number of the output"
            id="output"
            options={measured.value.map((each) => OPTIONS[each])}
            of={wantedNumber}
            class="small"
          />
        )}
      </div>
      <LineChart
        lines={lines}
        marks={marks}
        place="step"
        format={effectText}
        bare
        readsAll
        height={HEIGHT}
        nameRoom={nameRoom}
        label={`${titleText()}, over the steps`}
        testId="output-lines"
        onPick={(at) => chooseStep(at)}
      />
    </div>
  );
}

/** "loss 3.21 nats a token", "' she' over ' he' 1.53 logits" */
function titleText(): string {
  const known = seriesOf(metrics.value);
  const at = metrics.value?.steps.indexOf(step.value) ?? -1;
  const now = known.find((each) => each.values[at] !== null) ?? known[0];
  const value = now?.values[at] ?? null;
  const name = now ? nameOf(now) : shown.value;
  const unit = shown.value === "loss" ? "nats a token" : "logits";
  return value === null ? `${name}: not measured here` : `${name} ${effectText(value)} ${unit}`;
}

/** Several where the answers changed on the way. */
function seriesOf(of: Metrics | null): readonly OutputNumber[] {
  return of?.numbers.filter((each) => each.number === shown.value) ?? [];
}

function nameOf({ number, first, second }: OutputNumber): string {
  if (number === "loss") return "loss of the text";
  const side = (texts: readonly string[]): string =>
    texts.map((each) => `“${displayToken(each).label}”`).join(" or ");
  return `${side(first)} over ${side(second)}`;
}

const lines = computed<readonly Line[]>(() => {
  const others = otherRunMetrics.value;
  const plain = palette(theme.value).text;
  const own = linesOf(metrics.value, others.length > 0 ? colourOfRun(run.value) : plain, "");
  return [
    ...own,
    ...others.flatMap((each) => linesOf(each.metrics, colourOfRun(each.run), `${each.run} `)),
  ];
});

function linesOf(of: Metrics | null, colour: string, before: string): readonly Line[] {
  return seriesOf(of).map((each, id) => ({
    id,
    name: `${before}${nameOf(each)}`,
    places: of?.steps ?? [],
    values: each.values.map((value) => value ?? Number.NaN),
    colour,
    width: 1.5,
    bold: true,
  }));
}
