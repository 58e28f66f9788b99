/** The number of a neuron, which pins it. */

import type { JSX } from "preact";
import { pinnedNeuron } from "../../state/neuron";
import { pinnedHere } from "./state";

interface Props {
  readonly neuron: number;
  /** Colour of its line in a chart. */
  readonly colour?: string;
}

export function NeuronLink({ neuron, colour }: Props): JSX.Element {
  const pinned = pinnedHere.value === neuron;
  return (
    <button
      type="button"
      class="neuron-link"
      aria-pressed={pinned}
      aria-label={`neuron ${neuron}, pin`}
      onClick={() => {
        pinnedNeuron.value = pinned ? null : neuron;
      }}
    >
      {colour !== undefined && <span class="neuron-dot" style={{ background: colour }} />}
      {neuron}
    </button>
  );
}
