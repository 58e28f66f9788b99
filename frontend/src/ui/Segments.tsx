/** Buttons in a row of which one is pressed: a choice among a few values. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

export interface Segment<T> {
  readonly value: T;
  readonly label: string;
  readonly hint: string;
}

interface SegmentsProps<T> {
  /** For screen readers; or `labelledBy`, the id of the element that says it. */
  readonly label?: string;
  readonly labelledBy?: string;
  /** Tests find a button by this and its value. */
  readonly id: string;
  readonly options: readonly Segment<T>[];
  readonly of: Signal<T>;
}

export function Segments<T extends string | boolean>({
  label,
  labelledBy,
  id,
  options,
  of,
}: SegmentsProps<T>): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a line in every browser
    <div class="segments" role="group" aria-label={label} aria-labelledby={labelledBy}>
      {options.map(({ value, label: text, hint }) => (
        <button
          key={text}
          type="button"
          class="segment"
          aria-pressed={of.value === value}
          title={hint}
          data-testid={`${id}-${value}`}
          onClick={() => {
            of.value = value;
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
