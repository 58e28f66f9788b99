/** Above the grid: how cells are drawn, which of them, and in which order. */

import type { Signal } from "@preact/signals";
import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { type CellDrawing, cellDrawing, headsText, layersText } from "./choices";
import { parseRanges } from "./ranges";

const DRAWINGS: readonly { readonly name: CellDrawing; readonly label: string; readonly hint: string }[] = [
  { name: "maps", label: "heat maps", hint: "queries down, keys across" },
  { name: "lines", label: "lines", hint: "from queries at the left to keys at the right, in the colour of the head" },
];

export function Toolbar(): JSX.Element {
  return (
    <div class="model-tools">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a line in every browser */}
      <div class="segments" role="group" aria-label="Drawing of the cells">
        {DRAWINGS.map(({ name, label, hint }) => (
          <button
            key={name}
            type="button"
            class="segment"
            aria-pressed={cellDrawing.value === name}
            title={hint}
            data-testid={`model-${name}`}
            onClick={() => {
              cellDrawing.value = name;
            }}
          >
            {label}
          </button>
        ))}
      </div>
      <Numbers label="layers" of={layersText} testId="model-layers" />
      <Numbers label="heads" of={headsText} testId="model-heads" />
    </div>
  );
}

function Numbers({
  label,
  of,
  testId,
}: {
  readonly label: string;
  readonly of: Signal<string>;
  readonly testId: string;
}): JSX.Element {
  const wrong = of.value.trim() !== "" && parseRanges(of.value) === null;
  return (
    <label title={`Which ${label} are shown, such as 0-3, 7; empty: all`}>
      {label}
      <input
        class="control"
        value={of.value}
        placeholder="all"
        aria-invalid={wrong}
        data-testid={testId}
        onInput={(event) => {
          of.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

/** Instead of a grid of which the filters have left nothing. */
export function NothingLeft(): JSX.Element {
  return (
    <p class="note model-nothing" data-testid="model-nothing">
      No head passes the filters.{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          batch(() => {
            layersText.value = "";
            headsText.value = "";
          });
        }}
      >
        show all heads
      </button>
    </p>
  );
}
