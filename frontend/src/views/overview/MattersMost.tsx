/**
 * Which heads matter most to the output: those that were cut, by how much it changed, then those
 * whose effect is only estimated.
 */

import type { JSX } from "preact";
import { changeColour } from "../../draw/colour";
import {
  effectMetric,
  effectNumbers,
  effectOf,
  estimateOf,
  type HeadEffect,
  type NumberName,
  numberNow,
  standsOut,
  wantedNumber,
} from "../../state/effects";
import { headTypes } from "../../state/histories";
import { theme } from "../../state/host";
import { metric } from "../../state/overview";
import { type HeadAddress, stackNow, step } from "../../state/selection";
import type { Option } from "../../ui/choice";
import { controlsText } from "../../ui/effect_words";
import { headName, metricText, metricWords } from "../../ui/metric_words";
import { Segments } from "../../ui/Segments";
import { type Column, Table } from "../../ui/Table";
import { typesAt } from "./changes";
import { choose, isChosen, passes } from "./state";

/** So many heads are listed. */
const LISTED = 40;
/** Width of the longest bar, in CSS pixels. */
const BAR = 36;

const NUMBERS: Readonly<Record<NumberName, Option<NumberName>>> = {
  loss: { value: "loss", label: "loss", hint: "how much the loss of the text rises without it" },
  answer: { value: "answer", label: "answer", hint: "how much likelier it makes the first answer" },
};

export function MattersMost(): JSX.Element {
  const number = numberNow.value;
  if (number === null)
    return (
      <p class="note">
        No effects are logged with this probe: log it with effects=True to see what the output loses
        without a head.
      </p>
    );
  return (
    <>
      {effectNumbers.value.length > 1 && (
        <Segments
          label="Effect on"
          id="effect-number"
          options={effectNumbers.value.map(withFirst)}
          of={wantedNumber}
          class="small"
        />
      )}
      <p class="note" data-testid="effect-caption">
        {[metricWords(effectMetric(number)).unit, controlsText(number)].filter(Boolean).join("; ")}.
        One head cut at a time, on this text: heads can stand in for each other.
      </p>
      <Effects number={number} />
    </>
  );
}

/** With the head that matters most to it, so that all numbers are answered at once. */
function withFirst(number: NumberName): Option<NumberName> {
  const [first] = ranked(number);
  const { value, label, hint } = NUMBERS[number];
  return { value, label: first ? `${label}: ${headName(first)}` : label, hint };
}

interface Row extends HeadAddress {
  readonly effect: HeadEffect;
}

/** Measured ones first; of each, the largest first. */
function ranked(number: NumberName): readonly Row[] {
  const rows = (stackNow.value?.layers ?? []).flatMap(({ layer, heads }) =>
    Array.from({ length: heads }, (_, head) => ({
      layer,
      head,
      effect: effectOf(number, layer, head),
    })),
  );
  return rows
    .filter(({ effect }) => !Number.isNaN(effect.value))
    .sort(
      (a, b) =>
        Number(b.effect.exact) - Number(a.effect.exact) ||
        Math.abs(b.effect.value) - Math.abs(a.effect.value),
    );
}

const COLUMNS: readonly Column[] = [
  { name: "head" },
  { name: "type" },
  { name: "effect", number: true },
];

function Effects({ number }: { readonly number: NumberName }): JSX.Element {
  const rows = ranked(number).filter(passes);
  const largest = rows.reduce((most, { effect }) => Math.max(most, Math.abs(effect.value)), 0);
  const firstEstimate = rows.findIndex(({ effect }) => !effect.exact);
  return (
    <div class="overview-scroll">
      {rows.length === 0 && <p class="note">No effect was measured at this step.</p>}
      <Table compact columns={COLUMNS} testId="matters-most">
        {rows.slice(0, LISTED).map((each, index) => (
          <EffectRow
            key={headName(each)}
            row={each}
            number={number}
            length={largest > 0 ? (BAR * Math.abs(each.effect.value)) / largest : 0}
            first={index === firstEstimate}
          />
        ))}
      </Table>
      {rows.length > LISTED && <p class="note">and {rows.length - LISTED} heads that do less</p>}
    </div>
  );
}

function EffectRow({
  row,
  number,
  length,
  first,
}: {
  readonly row: Row;
  readonly number: NumberName;
  readonly length: number;
  /** It is the first one that is only estimated. */
  readonly first: boolean;
}): JSX.Element {
  const { value, exact } = row.effect;
  const out = standsOut(number, row.effect);
  const colour = changeColour(value < 0 ? "less" : "more", theme.value);
  const classes = [
    isChosen(row) ? "on" : "",
    out ? "" : "overview-within",
    first ? "overview-estimates" : "",
  ];
  return (
    <tr class={classes.filter(Boolean).join(" ")} title={meaning(exact, out)}>
      <td>
        <button
          type="button"
          class="link"
          onClick={(event) => {
            metric.value = effectMetric(number);
            choose(row, event.shiftKey);
          }}
        >
          {headName(row)}
        </button>
      </td>
      <td class="overview-types">
        {typesAt(headTypes.value, stackNow.value?.name ?? "decoder", row, step.value)}
      </td>
      <td class="number">
        <i
          class={exact ? "overview-bar" : "overview-bar hollow"}
          style={{ width: `${length}px`, "--bar": colour }}
        />
        {exact ? metricText(value, effectMetric(number)) : estimateText(value, number)}
      </td>
    </tr>
  );
}

function estimateText(value: number, number: NumberName): string {
  return `≈ ${metricText(value, estimateOf(effectMetric(number)))}`;
}

function meaning(exact: boolean, out: boolean): string {
  if (!exact) return "an estimate, by the gradient alone: the head was not cut";
  return out ? "clearly more than random heads" : "not clearly more than random heads";
}
