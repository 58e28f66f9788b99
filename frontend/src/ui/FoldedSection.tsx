/** A part of the settings column that is folded to a line which says what is set in it. */

import type { ComponentChildren, JSX } from "preact";
import { opened, toggleOpened } from "./folded";

interface FoldedSectionProps {
  readonly title: string;
  /** Its name in the address and in tests. */
  readonly id: string;
  /** What is set, while it is folded. */
  readonly summary: string;
  readonly children: ComponentChildren;
}

export function FoldedSection(props: FoldedSectionProps): JSX.Element {
  const { title, id, summary, children } = props;
  const open = opened.value.includes(id);
  return (
    <section class="section">
      <h2>
        <button
          type="button"
          class="fold"
          aria-expanded={open}
          data-testid={`fold-${id}`}
          onClick={() => toggleOpened(id)}
        >
          {title} <span aria-hidden="true">{open ? "▾" : "▸"}</span>
        </button>
      </h2>
      {open ? (
        children
      ) : (
        <button
          type="button"
          class="fold-summary note"
          tabIndex={-1}
          aria-hidden="true"
          data-testid={`${id}-summary`}
          onClick={() => toggleOpened(id)}
        >
          {summary}
        </button>
      )}
    </section>
  );
}
