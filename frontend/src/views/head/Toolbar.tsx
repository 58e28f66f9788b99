/** Above the drawing: what is shown, which drawing of it, mean or single heads, and the size of the rows. */

import type { JSX } from "preact";
import { weights } from "../../state/data";
import { drawing } from "../../state/selection";
import type { Drawing } from "../../types";
import { pinned } from "./focus";
import { columns, rowHeight, together } from "./lines_state";
import { keyLabels, meanHeads, queryLabels, shownHeads } from "./series";
import { titleText } from "./words";
import { zoomBy, zoomNormal, zoomOut } from "./zoom";

const DRAWINGS: readonly { readonly name: Drawing; readonly hint: string }[] = [
  { name: "lines", hint: "two columns of tokens, a line for each weight" },
  { name: "text", hint: "the passage as running text, shaded" },
  { name: "matrix", hint: "every weight as a cell" },
];

export function Toolbar(): JSX.Element {
  return (
    <header class="head-toolbar">
      <div class="head-heading">
        <h3 data-testid="head-title">{titleText(weights.value?.layer ?? 0, shownHeads.value, meanHeads.value)}</h3>
        <p class="note head-pins">{pinsText()}</p>
      </div>
      <div class="head-tools">
        {drawing.value === "lines" && <RowSize />}
        <button
          type="button"
          class={`button ${meanHeads.value ? "on" : ""}`}
          aria-pressed={meanHeads.value}
          disabled={shownHeads.value.length < 2 && !meanHeads.value}
          title="Draw the mean of the chosen heads"
          data-testid="head-mean"
          onClick={() => {
            meanHeads.value = !meanHeads.peek();
          }}
        >
          mean
        </button>
        <fieldset class="head-drawings" aria-label="Drawing">
          {DRAWINGS.map(({ name, hint }) => (
            <button
              key={name}
              type="button"
              class={`button ${drawing.value === name ? "on" : ""}`}
              aria-pressed={drawing.value === name}
              title={hint}
              data-testid={`drawing-${name}`}
              onClick={() => {
                drawing.value = name;
              }}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </div>
    </header>
  );
}

function RowSize(): JSX.Element | null {
  const at = columns.value;
  if (at === null || (!at.scrolls && rowHeight.value === null && at.rowHeight >= 16)) return null;
  return (
    <fieldset class="head-size" aria-label="Height of the rows">
      {at.scrolls && (
        <button
          type="button"
          class={`button ${together.value ? "on" : ""}`}
          aria-pressed={together.value}
          title="Both columns scroll together"
          onClick={() => {
            together.value = !together.peek();
          }}
        >
          scroll both
        </button>
      )}
      <button
        type="button"
        class="button"
        title="Flatter rows (Ctrl and wheel)"
        aria-label="Flatter rows"
        onClick={() => zoomBy(-1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        title="Taller rows (Ctrl and wheel)"
        aria-label="Taller rows"
        onClick={() => zoomBy(1)}
      >
        +
      </button>
      {at.scrolls ? (
        <button type="button" class="button" title="All tokens at once" data-testid="head-fit" onClick={zoomOut}>
          fit
        </button>
      ) : (
        <button type="button" class="button" title="Rows of a readable size" data-testid="head-read" onClick={zoomNormal}>
          read
        </button>
      )}
    </fieldset>
  );
}

function pinsText(): string {
  const { query, key } = pinned.value;
  const name = (labels: typeof queryLabels, at: number): string => `${labels.value[at]?.label ?? ""} (${at})`;
  if (query !== null && key !== null) return `Pinned: ${name(queryLabels, query)} → ${name(keyLabels, key)}. Esc lets go.`;
  if (query !== null) return `Pinned query: ${name(queryLabels, query)}. Esc lets go.`;
  if (key !== null) return `Pinned key: ${name(keyLabels, key)}. Esc lets go.`;
  return "A query attends to keys.";
}
