/** Says what is pinned, or what the keyboard has moved to, to screen readers. What the pointer passes over is not said. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { pinned } from "./focus";
import { pairSentence, tokenSentence } from "./words";

/** A pair that the keyboard points at. */
export const spoken = signal<{ readonly query: number; readonly key: number } | null>(null);

export function Announcer(): JSX.Element {
  return (
    <div class="head-hidden" role="status" aria-live="polite" data-testid="head-live">
      {sentence()}
    </div>
  );
}

function sentence(): string {
  const { query, key } = spoken.value ?? pinned.value;
  if (query !== null && key !== null) return pairSentence(query, key);
  if (query !== null) return tokenSentence("query", query);
  return key !== null ? tokenSentence("key", key) : "";
}
