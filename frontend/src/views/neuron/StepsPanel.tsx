/** One score along the steps: what the followed neurons add to it, the rank of the pinned one, and the weight. */

import type { JSX } from "preact";
import { Chart, type ChartLine } from "../../draw/Chart";
import { headColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { countText, signedText } from "../../format";
import { theme } from "../../state/host";
import { askedContributions, contributions, explainedKey } from "../../state/neuron";
import { chooseStep, tagNow } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Contributions } from "../../types";
import { contributionAlong, knownSteps, largestAt, rankAlong } from "./along";
import { NeuronLink } from "./NeuronLink";
import { keyToken, picture, pinnedHere, queryToken } from "./state";

const FOLLOWED = 4;

export function StepsPanel(): JSX.Element | null {
  const frame = picture.value?.frame;
  if (!frame) return null;
  const j = explainedKey.value;
  const all = contributions.value;
  const here =
    all &&
    all.layer === frame.layer &&
    all.head === frame.head &&
    all.query === frame.query &&
    all.key === j;
  const problem = askedContributions.value.problem;
  return (
    <div data-testid="neuron-steps" aria-busy={!here || !all.done}>
      <h3>
        {displayToken(queryToken.value, 16).label} → {displayToken(keyToken(j), 16).label}
      </h3>
      {problem !== null && <p class="neuron-problem">{problem}</p>}
      {problem === null && !here && <p class="note">Reading all steps …</p>}
      {problem === null && here && (
        <Known
          all={all.done ? all : knownSteps(all)}
          total={tagNow.value?.steps.length ?? 0}
          step={frame.step}
        />
      )}
    </div>
  );
}

interface KnownProps {
  readonly all: Contributions;
  /** Steps that there are, those that are still awaited too. */
  readonly total: number;
  readonly step: number;
}

function Known({ all, total, step }: KnownProps): JSX.Element {
  const pinned = pinnedHere.value;
  const now = Math.max(0, all.steps.indexOf(step));
  const largest = largestAt(all, now, FOLLOWED);
  const followed =
    pinned === null || largest.includes(pinned)
      ? largest
      : [pinned, ...largest.slice(0, FOLLOWED - 1)];
  const main = pinned ?? followed[0] ?? null;
  const press = (at: number): void => chooseStep(all.steps[at] ?? step);
  const shared = { places: all.steps, across: "step", marked: step, onPress: press };
  const lines = followed.map((neuron, place): ChartLine => {
    const colour = headColour(place, theme.value);
    return {
      label: `neuron ${neuron}`,
      colour,
      width: neuron === main ? 2.5 : 1.2,
      values: contributionAlong(all, neuron),
    };
  });
  return (
    <>
      {!all.done && (
        <p class="note" role="status">
          {countText(Math.round(all.progress * total))} of {countText(all.steps.length)} steps read{" "}
          <progress max={1} value={all.progress} />
        </p>
      )}
      {main !== null && (
        <>
          <Chart
            {...shared}
            lines={lines}
            height={168}
            up="contribution"
            testId="neuron-steps-contributions"
            label={`Contributions of neurons ${followed.join(", ")} to this score, by step`}
          />
          <p class="neuron-followed">
            {followed.map((neuron, place) => (
              <NeuronLink key={neuron} neuron={neuron} colour={headColour(place, theme.value)} />
            ))}
          </p>
          <p data-testid="neuron-rank">{rankText(all, main, now, pinned !== null)}</p>
          <Chart
            {...shared}
            lines={[
              { label: "rank", colour: palette(theme.value).text, values: rankAlong(all, main) },
            ]}
            height={104}
            up={`rank of ${main}`}
            range={[1, Math.max(2, all.neurons)]}
            down
            testId="neuron-steps-rank"
            label={`Rank of neuron ${main} among ${all.neurons}, by step`}
          />
        </>
      )}
      <Chart
        {...shared}
        lines={[{ label: "weight", colour: palette(theme.value).text, values: all.weights }]}
        height={104}
        up="softmax"
        testId="neuron-steps-weights"
        label="Weight of this pair, by step"
      />
      <p class="note">{["Click a chart to go to that step.", ...all.notes].join(" ")}</p>
    </>
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
