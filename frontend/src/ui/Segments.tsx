/** Buttons in a row of which one is pressed: a choice among a few values. */

import type { JSX } from "preact";
import type { Choice, Option } from "./choice";

interface SegmentsProps<T> {
  /** For screen readers; or `labelledBy`, the id of the element that says it. */
  readonly label?: string;
  readonly labelledBy?: string;
  /** Words before the buttons. */
  readonly caption?: string;
  /** Tests find a button by this and its value. */
  readonly id: string;
  readonly options: readonly Option<T>[];
  readonly of: Choice<T>;
  /** The buttons stand apart from each other. */
  readonly apart?: boolean;
  readonly class?: string;
}

export function Segments<T extends string | boolean>({
  label,
  labelledBy,
  caption,
  id,
  options,
  of,
  apart = false,
  class: own = "",
}: SegmentsProps<T>): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a line in every browser
    <div
      class={`segments ${apart ? "apart" : ""} ${own}`}
      role="group"
      aria-label={label}
      aria-labelledby={labelledBy}
      data-export="off"
    >
      {caption}
      {options.map(({ value, label: text, hint, off }) => (
        <button
          key={text}
          type="button"
          class={apart ? "button" : "segment"}
          aria-pressed={of.value === value}
          title={hint}
          disabled={off}
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
