/** Beside the strips: one score taken apart, the head by distance, or one score along the steps. */

import type { JSX } from "preact";
import { type Beside, beside } from "../../state/neuron";
import { DistancePanel } from "./DistancePanel";
import { PairPanel } from "./PairPanel";
import { StepsPanel } from "./StepsPanel";
import { picture } from "./state";

const PANELS: readonly { readonly name: Beside; readonly label: string; readonly title: string }[] =
  [
    { name: "score", label: "This score", title: "One score taken apart into its neurons" },
    {
      name: "distance",
      label: "Distance",
      title: "What neurons contribute, and what the head weighs, by the distance of query and key",
    },
    { name: "steps", label: "Steps", title: "This score and its neurons along the training steps" },
  ];

export function BesidePanel(): JSX.Element | null {
  if (!picture.value) return null;
  const now = beside.value;
  return (
    <aside class="neuron-side card" aria-label="Beside the strips" data-testid="neuron-side">
      <div class="neuron-beside" role="tablist" aria-label="Beside the strips">
        {PANELS.map(({ name, label, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            class={name === now ? "button on" : "button"}
            aria-selected={name === now}
            title={title}
            data-testid={`neuron-beside-${name}`}
            onClick={() => {
              beside.value = name;
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {now === "score" && <PairPanel />}
      {now === "distance" && <DistancePanel />}
      {now === "steps" && <StepsPanel />}
    </aside>
  );
}
