/** The rollout of the whole model: how much of each token has reached each place after a layer. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { askedRollouts } from "../../../state/model_drawing";
import { HeatMap } from "../../../ui/heatmap";
import { MapZoom } from "../../../ui/heatmap/MapZoom";
import { createStage } from "../../../ui/heatmap/state";
import { rolloutChanges, rolloutSource, rolloutText } from "./source";

export function RolloutMap(): JSX.Element {
  const stage = useMemo(() => createStage(rolloutSource), []);
  const { value, problem } = askedRollouts.value;
  if (problem !== null)
    return (
      <p class="note" data-testid="rollout-problem">
        {problem}
      </p>
    );
  if (value === null) return <p class="note">Rolling out …</p>;
  const { layer, tokens, done, progress, notes } = value.own;
  return (
    <div class="model-rollout">
      <p class="note" data-testid="rollout-note">
        What each place (row) holds of each token (column) after layer {layer}, if every layer
        passes on half of what was there and mixes in the rest by the mean weight of its heads:
        attention rollout, Abnar and Zuidema 2020.
        {rolloutChanges.value === "" ? "" : ` Not as it is: ${rolloutChanges.value}.`}
        {done ? "" : ` ${Math.round(100 * progress)} % of the layers so far.`}
      </p>
      {notes.map((each) => (
        <p key={each} class="note">
          {each}
        </p>
      ))}
      <HeatMap
        stage={stage}
        label={`Attention rollout through layer ${layer}, ${tokens} by ${tokens} tokens. Arrow keys move, Enter pins, plus and minus zoom.`}
        testId="rollout-map"
      />
      <div class="model-exact">
        <p role="status" data-testid="rollout-exact">
          {rolloutText.value}
        </p>
        <MapZoom stage={stage} testId="rollout" />
      </div>
    </div>
  );
}
