/**
 * (g) Who links one token to another: all heads by that weight at this step, and the weight over
 * all steps.
 */

import type { JSX } from "preact";
import { LineChart } from "../../../draw/chart/LineChart";
import { shortText } from "../../../format";
import { numberName, showNow } from "../../../state/arriving";
import { comparing } from "../../../state/compare";
import { hiddenText, hides } from "../../../state/hidden";
import { askedPair, askedWithPair } from "../../../state/histories";
import {
  comparedPair,
  hasPair,
  moreSentences,
  pairOverSteps,
  pairSentences,
} from "../../../state/pair_heads";
import { askedMore } from "../../../state/pair_sentences";
import { chooseStep } from "../../../state/selection";
import { first } from "../../../state/show";
import { ChosenWord } from "../../../ui/ChosenWord";
import { Progress } from "../Progress";
import { choose } from "../state";
import { idOf, lines, marks, nameRoom, range } from "./lines";
import { PairTable } from "./PairTable";
import { Sentences } from "./Sentences";
import { comparedText, joinedText, joinedTip } from "./words";

export function PairFinder(): JSX.Element {
  const { value, problem } = askedPair.value;
  const there = comparing.value ? askedWithPair.value : null;
  const chosenPair = hasPair.value;
  return (
    <>
      <div class="overview-pair-question">
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
        {chosenPair && <Sentences />}
      </div>
      {chosenPair && (hides.value || showNow.value === "arriving") && (
        <p class="note" data-testid="pair-changes">
          {showNow.value === "weight" ? "Weights" : "Shares of what arrives"}
          {hides.value && ` without ${hiddenText()}`}
          {hides.value && first.value === "renormalise" ? ", renormalised" : ""}
        </p>
      )}
      {chosenPair && (comparing.value || moreSentences.value.length > 0) && (
        <p class="note" data-testid="pair-compared" title={joinedTip()}>
          {comparedText()}. {joinedText()}
        </p>
      )}
      {chosenPair && <Missing />}
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
              names
              nameRoom={nameRoom}
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

/** Sentences that are chosen and not there. */
function Missing(): JSX.Element | null {
  const { problem } = askedMore.value;
  if (problem !== null) return <p class="note">{problem}</p>;
  const [known, all] = [pairSentences.value.length, moreSentences.value.length + 1];
  if (known === 0 || known >= all) return null;
  return (
    <p class="note">
      {known} of {all} sentences so far.
    </p>
  );
}
