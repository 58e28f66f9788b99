/** SHOW: how weights become width and colour, in every view. */

import type { JSX } from "preact";
import { type Scale, scale, smallest } from "../state/show";
import { Section } from "./Section";

const SCALES: readonly { readonly name: Scale; readonly label: string; readonly hint: string }[] = [
  { name: "linear", label: "linear", hint: "strength follows the weight" },
  { name: "sqrt", label: "square root", hint: "small weights stay visible" },
];

export function ShowControls(): JSX.Element {
  return (
    <Section title="Show">
      <div class="line">
        <span id="scale-label">Scale</span>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a line in every browser */}
        <div class="segments" role="group" aria-labelledby="scale-label">
          {SCALES.map(({ name, label, hint }) => (
            <button
              key={name}
              type="button"
              class="segment"
              aria-pressed={scale.value === name}
              title={hint}
              data-testid={`scale-${name}`}
              onClick={() => {
                scale.value = name;
              }}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      <label class="line" title="Weights below this are not drawn">
        <span>Smallest weight</span>
        <input
          class="control number"
          type="number"
          min="0"
          max="1"
          step="0.01"
          data-testid="smallest"
          value={smallest.value}
          onInput={(event) => {
            const wanted = event.currentTarget.valueAsNumber;
            if (wanted >= 0 && wanted <= 1) smallest.value = wanted;
          }}
        />
      </label>
    </Section>
  );
}
