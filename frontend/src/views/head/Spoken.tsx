/**
 * Says what is pinned, or what the keyboard has moved to, to screen readers. What the pointer
 * passes over is not said.
 */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Announcer } from "../../ui/Announcer";
import { pinned } from "./focus";
import { pairSentence, tokenSentence } from "./words";

/** A pair that the keyboard points at. */
export const spoken = signal<{ readonly query: number; readonly key: number } | null>(null);

export function Spoken(): JSX.Element {
  return <Announcer testId="head-live">{sentence()}</Announcer>;
}

function sentence(): string {
  const { query, key } = spoken.value ?? pinned.value;
  if (query !== null && key !== null) return pairSentence(query, key);
  if (query !== null) return tokenSentence("query", query);
  return key !== null ? tokenSentence("key", key) : "";
}
