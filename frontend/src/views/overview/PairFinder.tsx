/**
 * (g) Who links one token to another: all heads by that weight at this step, and the weight over
 * all steps.
 */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { LineChart } from "../../draw/chart/LineChart";
import { type Line, type Mark, type Range, valueRange } from "../../draw/chart/line";
import type { Near } from "../../draw/chart/nearest";
import { headColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { exactText, shortText } from "../../format";
import { numberName, showNow } from "../../state/arriving";
import { hiddenText, hides } from "../../state/hidden";
import { askedPair } from "../../state/histories";
import { theme } from "../../state/host";
import {
  chooseStep,
  key,
  keySequence,
  pinKey,
  pinQuery,
  query,
  querySequence,
  step,
} from "../../state/selection";
import { first } from "../../state/show";
import { tokenTexts } from "../../state/tokens";
import { headName } from "../../ui/metric_words";
import { type Column, Table } from "../../ui/Table";
import { TokenSelect } from "../../ui/TokenSelect";
import { Progress } from "./Progress";
import { pairRows, pairSeries } from "./pair";
import { choose, isChosen, passes } from "./state";

/** So many heads are listed, and drawn bold beside the chosen ones. */
const LISTED = 30;
const BOLD = 3;

const series = computed(() => (askedPair.value.value ? pairSeries(askedPair.value.value) : null));
const rows = computed(() =>
  series.value ? pairRows(series.value, step.value).filter((each) => passes(each)) : [],
);

export function PairFinder(): JSX.Element {
  const { value, problem } = askedPair.value;
  const chosenPair = query.value !== null && key.value !== null;
  return (
    <>
      <div class="overview-pair-choice">
        <TokenSelect
          label="from query"
          value={query.value}
          tokens={tokenTexts(querySequence.value)}
          none="choose a token"
          choose={pinQuery}
          testId="pair-query"
        />
        <TokenSelect
          label="to key"
          value={key.value}
          tokens={tokenTexts(keySequence.value)}
          none="choose a token"
          choose={pinKey}
          testId="pair-key"
        />
      </div>
      {!chosenPair && (
        <p class="note">
          Choose a query token and a key token: all heads are ranked by that weight, over all steps.
        </p>
      )}
      {chosenPair && (hides.value || showNow.value === "arriving") && (
        <p class="note" data-testid="pair-changes">
          {showNow.value === "weight" ? "Weights" : "Shares of what arrives"}
          {hides.value && ` without ${hiddenText()}`}
          {hides.value && first.value === "renormalise" ? ", renormalised" : ""}
        </p>
      )}
      {chosenPair && problem !== null && <p class="note">{problem}</p>}
      {chosenPair && problem === null && value?.done !== true && (
        <Progress value={value?.progress ?? 0} />
      )}
      {chosenPair &&
        value?.notes.map((each) => (
          <p key={each} class="note">
            {each}
          </p>
        ))}
      {chosenPair && value && (
        <div class="overview-pair">
          <PairTable />
          <div class="overview-fill">
            <LineChart
              lines={lines}
              range={range}
              marks={marks}
              place="step"
              format={shortText}
              label={`This ${numberName.value} in every head, over the steps`}
              testId="pair-lines"
              onPick={(at, near) => {
                chooseStep(at);
                const head = series.peek()?.heads[idOf(near)];
                if (head) choose(head, false);
              }}
            />
          </div>
        </div>
      )}
    </>
  );
}

function PairTable(): JSX.Element {
  const columns: readonly Column[] = [{ name: "head" }, { name: numberName.value, number: true }];
  return (
    <div class="overview-scroll">
      <Table compact columns={columns} testId="pair-heads">
        {rows.value.slice(0, LISTED).map((each) => (
          <tr key={headName(each)} class={isChosen(each) ? "on" : ""}>
            <td>
              <button type="button" class="link" onClick={(event) => choose(each, event.shiftKey)}>
                {headName(each)}
              </button>
            </td>
            <td class="number">
              <i class="overview-bar" style={{ width: `${50 * Math.max(0, each.weight)}px` }} />
              {exactText(each.weight)}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

const lines = computed<readonly Line[]>(() => {
  const known = series.value;
  if (!known) return [];
  const best = rows.value.slice(0, BOLD).map((each) => each.index);
  return known.heads.flatMap((head, index): Line[] => {
    if (!passes(head)) return [];
    const bold = isChosen(head) || best.includes(index);
    const colour = bold
      ? headColour(head.layer + 5 * head.head, theme.value)
      : palette(theme.value).muted;
    const values = known.values.subarray(
      index * known.steps.length,
      (index + 1) * known.steps.length,
    );
    return [{ id: index, name: headName(head), places: known.steps, values, colour, bold }];
  });
});

function idOf(near: Near | null): number {
  return near ? (lines.peek()[near.line]?.id ?? -1) : -1;
}

const range = computed<Range>(() => [0, Math.max(0.05, valueRange(lines.value)[1])]);

const marks = computed<readonly Mark[]>(() => [{ place: step.value, dashed: false }]);
