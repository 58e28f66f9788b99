/**
 * Choosing a query and a key by their words: the first is the query, a second one the key, once
 * more lets go. Where a query looks back only, no key is later than its query.
 */

import { batch, computed, signal } from "@preact/signals";
import type { Sequence } from "../types";
import { key, query } from "./chosen";
import { keySequence, layerNow, querySequence, stackNow } from "./scope";
import { tokenLabel } from "./tokens";

/** "both": queries and keys are tokens of the same text. */
export type WordSide = "both" | "query" | "key";

/** How a word is meant: as a click has it, or said beforehand. */
export type Meant = "next" | "query" | "key";

export interface TokenPair {
  /** As in `state/chosen.ts`; the first query may be a later token of the text. */
  readonly query: number | null;
  readonly key: number | null;
}

/** Of the layer: where its queries begin among the tokens, and whether they look back only. */
export interface Sight {
  readonly start: number;
  readonly causal: boolean;
}

/** What the last choice did that was not asked for, in a sentence; empty where it did nothing. */
export const said = signal("");

/** Queries and keys are tokens of the same text. */
export const oneText = computed(
  () => stackNow.value?.query_sequence === stackNow.value?.key_sequence,
);

/** Queries that begin later than the keys of their text are its last tokens. */
export const sightNow = computed<Sight>(() => {
  const start = layerNow.value?.query_start ?? 0;
  return { start: oneText.value ? Math.max(0, start) : 0, causal: layerNow.value?.causal ?? false };
});

/** The pair after token `place` was pressed, and what became of it that was not asked for. */
export function pressed(
  now: TokenPair,
  place: number,
  side: WordSide,
  meant: Meant,
  { start, causal }: Sight,
): TokenPair & { readonly turned: "turned" | "hidden" | "let go" | null } {
  const asQuery = place - start;
  const isHidden = (i: number | null, j: number | null): boolean =>
    causal && side === "both" && i !== null && j !== null && j > i + start;
  const asKey = (): ReturnType<typeof pressed> => {
    if (now.key === place) return { ...now, key: null, turned: null };
    if (!isHidden(now.query, place)) return { ...now, key: place, turned: null };
    // Of two words only one order is possible: the later one looks at the earlier one.
    return meant === "next" && now.query !== null
      ? { query: asQuery, key: now.query + start, turned: "turned" }
      : { ...now, turned: "hidden" };
  };
  if (side === "key" || meant === "key" || asQuery < 0) return asKey();
  if (now.query === asQuery) return { ...now, query: null, turned: null };
  if (side === "query" || meant === "query" || now.query === null) {
    if (!isHidden(asQuery, now.key)) return { ...now, query: asQuery, turned: null };
    return meant === "next" && (now.key ?? -1) >= start
      ? { query: (now.key ?? 0) - start, key: place, turned: "turned" }
      : { query: asQuery, key: null, turned: "let go" };
  }
  if (now.key === place) return { ...now, key: null, turned: null };
  return now.key === null ? asKey() : { query: asQuery, key: null, turned: null };
}

/** Chooses a word, or lets it go. */
export function pressWord(place: number, side: WordSide, meant: Meant): void {
  const before = { query: query.value, key: key.value };
  const { turned, ...next } = pressed(before, place, side, meant, sightNow.value);
  batch(() => {
    query.value = next.query;
    key.value = next.key;
    said.value = turned === null ? "" : sentenceOf(turned, before, next, place);
  });
}

/** What a click on a word would choose, to be shown while the pointer is there. */
export function pointedPair(place: number, side: WordSide): TokenPair {
  const now = { query: query.value, key: key.value };
  const { start } = sightNow.value;
  if (side === "key") return { query: now.query, key: place };
  const asQuery = place - start;
  if (asQuery < 0) return { query: null, key: place };
  const next = pressed(now, place, side, "next", sightNow.value);
  const goes = next.query !== asQuery && next.key !== place;
  return goes || next.query === null ? { query: asQuery, key: null } : next;
}

function sentenceOf(
  turned: "turned" | "hidden" | "let go",
  before: TokenPair,
  next: TokenPair,
  place: number,
): string {
  const { start } = sightNow.value;
  const name = (sequence: Sequence | null, at: number | null): string =>
    sequence === null || at === null ? "" : nameOf(sequence, at);
  const asKey = (at: number | null): string => name(keySequence.value, at);
  const asQuery = (at: number | null): string =>
    name(querySequence.value, at === null ? null : at + start);
  if (turned === "turned")
    return `${asKey(next.key)} comes first and this layer looks back only: ${asQuery(next.query)} is the query, ${asKey(next.key)} the key.`;
  if (turned === "hidden")
    return `${asKey(place)} comes after ${asQuery(before.query)}, which looks back only: it cannot be its key.`;
  return `${asQuery(next.query)} looks back only: the later key ${asKey(before.key)} was let go.`;
}

function nameOf(sequence: Sequence, at: number): string {
  const { label, named } = tokenLabel(sequence, at, 18);
  return `“${(named ?? label).replace(/^·+/u, "")}” (${at})`;
}
