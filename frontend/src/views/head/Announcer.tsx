/** Says what is pinned, and its numbers, to screen readers. What the pointer passes over is not said. */

import type { JSX } from "preact";
import { weights } from "../../state/data";
import { pinned } from "./focus";
import { weightText } from "./labels";
import { keyLabels, queryLabels, series } from "./series";
import { tokenSentence } from "./words";

export function Announcer(): JSX.Element {
  return (
    <div class="head-hidden" role="status" aria-live="polite" data-testid="head-live">
      {sentence()}
    </div>
  );
}

function sentence(): string {
  const { query, key } = pinned.value;
  if (query !== null && key !== null) {
    const keys = weights.value?.keys ?? 0;
    const numbers = series.value.map(({ name, data }) => `${name} ${weightText(data[query * keys + key] ?? 0)}`);
    return `${queryLabels.value[query]?.label} attends to ${keyLabels.value[key]?.label}: ${numbers.join(", ")}`;
  }
  if (query !== null) return tokenSentence("query", query);
  return key !== null ? tokenSentence("key", key) : "";
}
