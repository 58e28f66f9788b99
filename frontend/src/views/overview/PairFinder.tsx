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
import { countText, exactText, fixedText, shortText } from "../../format";
import { numberName, showNow } from "../../state/arriving";
import { compared, comparing, withRunNow, withTagNow } from "../../state/compare";
import { hiddenText, hides } from "../../state/hidden";
import { askedPair, askedWithPair } from "../../state/histories";
import { theme } from "../../state/host";
import type { PairOrder } from "../../state/pair";
import { comparedPair, hasPair, pairHeads, pairOrder, pairOverSteps } from "../../state/pair_heads";
import { shownCapture } from "../../state/scope";
import {
  chooseStep,
  type HeadAddress,
  key,
  query,
  run,
  stackNow,
  step,
  tag,
} from "../../state/selection";
import { headValues } from "../../state/series";
import { first } from "../../state/show";
import { tokenTexts } from "../../state/tokens";
import type { Capture } from "../../types";
import { ChosenWord } from "../../ui/ChosenWord";
import { headName } from "../../ui/metric_words";
import { type Column, Table } from "../../ui/Table";
import { Progress } from "./Progress";
import { choose, isChosen, isSame, passes } from "./state";

/** So many heads are listed, and drawn bold beside the chosen ones. */
const LISTED = 30;
const BOLD = 3;

const rows = computed(() => pairHeads.value.filter((each) => passes(each)));

export function PairFinder(): JSX.Element {
  const { value, problem } = askedPair.value;
  const there = comparing.value ? askedWithPair.value : null;
  const chosenPair = hasPair.value;
  return (
    <>
      <p data-testid="pair-chosen">
        {chosenPair ? (
          <>
            Which heads look from <ChosenWord side="query" /> to <ChosenWord side="key" />?
          </>
        ) : (
          <span class="note">
            Click two words of the text above, a query and a key: all heads are ranked by that
            weight, over all steps.
          </span>
        )}
      </p>
      {chosenPair && (hides.value || showNow.value === "arriving") && (
        <p class="note" data-testid="pair-changes">
          {showNow.value === "weight" ? "Weights" : "Shares of what arrives"}
          {hides.value && ` without ${hiddenText()}`}
          {hides.value && first.value === "renormalise" ? ", renormalised" : ""}
        </p>
      )}
      {chosenPair && comparing.value && (
        <p class="note" data-testid="pair-compared">
          A: {pairText(shownCapture.value)}; B: {pairText(compared.value?.capture ?? null)}
        </p>
      )}
      {chosenPair && problem !== null && <p class="note">{problem}</p>}
      {chosenPair && there !== null && there.problem !== null && (
        <p class="note">{there.problem}</p>
      )}
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
        <div class={`overview-pair ${comparedPair.value ? "compared" : ""}`}>
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
                const head = pairOverSteps.peek()?.heads[idOf(near)];
                if (head) choose(head, false);
              }}
            />
          </div>
        </div>
      )}
    </>
  );
}

/** "She → doctor, step 300" */
function pairText(capture: Capture | null): string {
  const stack = capture?.stacks.find((each) => each.name === stackNow.value?.name);
  if (!capture || !stack) return "not known";
  const [i, j] = [query.value ?? -1, key.value ?? -1];
  const from = tokenTexts(capture.sequences[stack.query_sequence] ?? null)[i] ?? `query ${i}`;
  const to = tokenTexts(capture.sequences[stack.key_sequence] ?? null)[j] ?? `key ${j}`;
  return `${from} → ${to}, step ${countText(capture.step)}`;
}

function PairTable(): JSX.Element {
  const both = comparedPair.value !== null;
  const columns: readonly Column[] = both
    ? [{ name: "head" }, ...ORDERS.map(orderColumn)]
    : [{ name: "head" }, { name: numberName.value, number: true }];
  const largest = Math.max(0.05, ...rows.value.map((each) => Math.abs(each.difference) || 0));
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
              {!both && (
                <i class="overview-bar" style={{ width: `${50 * Math.max(0, each.weight)}px` }} />
              )}
              {both ? fixedText(each.weight, 3) : exactText(each.weight)}
            </td>
            {both && <td class="number">{fixedText(each.other, 3)}</td>}
            {both && (
              <td class="number">
                <i
                  class="overview-bar"
                  style={{ width: `${(30 * Math.abs(each.difference || 0)) / largest}px` }}
                />
                {each.difference > 0 ? "+" : ""}
                {fixedText(each.difference, 3)}
              </td>
            )}
          </tr>
        ))}
      </Table>
    </div>
  );
}

const ORDERS: readonly {
  readonly order: PairOrder;
  readonly name: string;
  readonly hint: string;
}[] = [
  { order: "a", name: "A", hint: "at this step: most first" },
  { order: "b", name: "B", hint: "in what is compared: most first" },
  { order: "difference", name: "A − B", hint: "the largest difference first, of either sign" },
];

function orderColumn({ order: by, name, hint }: (typeof ORDERS)[number]): Column {
  return {
    name,
    number: true,
    hint,
    sorted: pairOrder.value === by,
    head: (
      <button
        type="button"
        class="link"
        aria-pressed={pairOrder.value === by}
        data-testid={`pair-by-${by}`}
        onClick={() => {
          pairOrder.value = by;
        }}
      >
        {name}
      </button>
    ),
  };
}

const lines = computed<readonly Line[]>(() => {
  const known = pairOverSteps.value;
  if (!known) return [];
  const best = rows.value.slice(0, BOLD).map((each) => each.index);
  return known.heads.flatMap((head, index): readonly Line[] => {
    if (!passes(head)) return [];
    const bold = isChosen(head) || best.includes(index);
    const colour = bold
      ? headColour(head.layer + 5 * head.head, theme.value)
      : palette(theme.value).muted;
    const own: Line = {
      id: index,
      name: headName(head),
      places: known.steps,
      values: headValues(known, index),
      colour,
      bold,
    };
    return bold ? [own, ...comparedLine(own, head)] : [own];
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

function idOf(near: Near | null): number {
  return near ? (lines.peek()[near.line]?.id ?? -1) : -1;
}

const range = computed<Range>(() => [0, Math.max(0.05, valueRange(lines.value)[1])]);

const marks = computed<readonly Mark[]>(() => [
  { place: step.value, dashed: false },
  ...(comparedPair.value ? [{ place: comparedPair.value.step, dashed: true }] : []),
]);
