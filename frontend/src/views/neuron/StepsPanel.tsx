/**
 * One score along the steps: what the followed neurons add to it, the rank of the pinned one, and
 * the weight.
 */

import type { JSX } from "preact";
import { GapNote } from "../../draw/chart/GapNote";
import { LineChart } from "../../draw/chart/LineChart";
import { headColour } from "../../draw/colour";
import { countText, exactText, signedText } from "../../format";
import { theme } from "../../state/host";
import { askedContributions, explainedKey } from "../../state/neuron";
import { chooseStep, tagNow } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Contributions } from "../../types";
import { contributionAlong, rankAlong } from "./along";
import { NeuronLink } from "./NeuronLink";
import { keyToken, picture, pinnedHere, queryToken } from "./state";
import {
  along,
  contributionLines,
  followed,
  mainNeuron,
  placeNow,
  rankLines,
  rankRange,
  stepMarks,
  weightLines,
} from "./steps_lines";

export function StepsPanel(): JSX.Element | null {
  if (!picture.value) return null;
  const known = along.value;
  const problem = askedContributions.value.problem;
  return (
    <div data-testid="neuron-steps" aria-busy={known === null || !known.done}>
      <h3>
        <bdi>{displayToken(queryToken.value, 16).label}</bdi> →{" "}
        <bdi>{displayToken(keyToken(explainedKey.value), 16).label}</bdi>
      </h3>
      {problem !== null && <p class="neuron-problem">{problem}</p>}
      {problem === null && !known && <p class="note">Reading all steps …</p>}
      {problem === null && known && <Known all={known} />}
    </div>
  );
}

/** What all three charts share. */
const CHART = {
  marks: stepMarks,
  place: "step",
  across: "step",
  readsAll: true,
  onPick: chooseStep,
};

function Known({ all }: { readonly all: Contributions }): JSX.Element {
  const main = mainNeuron.value;
  return (
    <>
      {!all.done && <Progress all={all} />}
      {main !== null && (
        <>
          <LineChart
            {...CHART}
            lines={contributionLines}
            height={168}
            up="contribution"
            format={signedText}
            testId="neuron-steps-contributions"
            label={`Contributions of neurons ${followed.value.join(", ")} to this score, by step`}
          />
          <p class="neuron-followed">
            {followed.value.map((neuron, place) => (
              <NeuronLink key={neuron} neuron={neuron} colour={headColour(place, theme.value)} />
            ))}
          </p>
          <p data-testid="neuron-rank">
            {rankText(all, main, placeNow.value, pinnedHere.value !== null)}
          </p>
          <LineChart
            {...CHART}
            lines={rankLines}
            range={rankRange}
            ranks
            height={104}
            up={`rank of ${main}`}
            format={String}
            testId="neuron-steps-rank"
            label={`Rank of neuron ${main} among ${all.neurons}, by step`}
          />
        </>
      )}
      <LineChart
        {...CHART}
        lines={weightLines}
        height={104}
        up="softmax"
        format={exactText}
        testId="neuron-steps-weights"
        label="Weight of this pair, by step"
      />
      <p class="note">
        {["Click a chart to go to that step.", ...all.notes].join(" ")}{" "}
        {all.done && <GapNote lines={weightLines} place="step" />}
      </p>
    </>
  );
}

function Progress({ all }: { readonly all: Contributions }): JSX.Element {
  const total = tagNow.value?.steps.length ?? 0;
  return (
    <p class="note" role="status">
      {countText(Math.round(all.progress * total))} of {countText(all.steps.length)} steps read{" "}
      <progress max={1} value={all.progress} />
    </p>
  );
}

/** "Neuron 12, pinned: +0.1412 at step 300, rank 3 of 32; first at 12 of 31 steps." */
function rankText(all: Contributions, neuron: number, at: number, pinned: boolean): string {
  const ranks = rankAlong(all, neuron);
  const first = ranks.reduce((count, rank) => count + Number(rank === 1), 0);
  const known = ranks.reduce((count, rank) => count + Number(!Number.isNaN(rank)), 0);
  const value = contributionAlong(all, neuron)[at] ?? Number.NaN;
  const rank = ranks[at] ?? Number.NaN;
  const name = `Neuron ${neuron}, ${pinned ? "pinned" : "the largest now"}`;
  const here = Number.isNaN(rank)
    ? "not known at this step"
    : `${signedText(value)} here, rank ${rank} of ${all.neurons}`;
  return `${name}: ${here}; first at ${first} of ${known} steps.`;
}
