/**
 * Choosing a query and a key by their words: the first is the query, a second one the key, once
 * more unpins it. Where a query looks back only, no key is later than its query.
 */

import { batch, computed, signal } from "@preact/signals";
import type { Sequence } from "../types";
import { key, query } from "./chosen";
import { forget } from "./missing";
import { panel } from "./overview";
import { keySequence, layerNow, querySequence, stackNow } from "./scope";
import { tokenLabel } from "./tokens";

/** "both": queries and keys are tokens of the same text. */
export type WordSide = "both" | "query" | "key";

/** How a word is meant: as a click has it, or said beforehand. */
export type Meant = "next" | "query" | "key";

export interface TokenPair {
  readonly query: number | null;
  readonly key: number | null;
}

const NO_PAIR: TokenPair = { query: null, key: null };

/**
 * What a story chose and nobody has pressed since. Who presses such a word means it, and does not
 * want it unpinned.
 */
export const offered = signal(NO_PAIR);

/** What a query of the layer sees: all keys, or those up to its own place and `start` more. */
export interface Sight {
  readonly causal: boolean;
  readonly start: number;
}

/** What the last choice did that was not asked for, in a sentence; empty where it did nothing. */
export const said = signal("");

/** Queries and keys are tokens of the same text. */
export const oneText = computed(
  () => stackNow.value?.query_sequence === stackNow.value?.key_sequence,
);

export const sightNow = computed<Sight>(() => ({
  causal: layerNow.value?.causal ?? false,
  start: layerNow.value?.query_start ?? 0,
}));

/** The chosen key, else the query where it is a token that may be one; null where none is chosen. */
export const chosenKey = computed<number | null>(() =>
  oneText.value ? (key.value ?? query.value) : key.value,
);

/** The pair after token `place` was pressed, and what became of it that was not asked for. */
export function pressed(
  now: TokenPair,
  place: number,
  side: WordSide,
  meant: Meant,
  { start, causal }: Sight,
): TokenPair & { readonly turned: "turned" | "hidden" | "unpinned" | null } {
  const isHidden = (i: number | null, j: number | null): boolean =>
    causal && i !== null && j !== null && j > i + start;
  // Of two words of one text only one order is possible: the later one looks at the earlier one.
  const turns = side === "both" && meant === "next";
  const asKey = (): ReturnType<typeof pressed> => {
    if (now.key === place) return { ...now, key: null, turned: null };
    if (!isHidden(now.query, place)) return { ...now, key: place, turned: null };
    return turns
      ? { query: place, key: now.query, turned: "turned" }
      : { ...now, turned: "hidden" };
  };
  if (side === "key" || meant === "key") return asKey();
  if (now.query === place) return { ...now, query: null, turned: null };
  if (side === "query" || meant === "query" || now.query === null) {
    if (!isHidden(place, now.key)) return { ...now, query: place, turned: null };
    return turns
      ? { query: now.key, key: place, turned: "turned" }
      : { query: place, key: null, turned: "unpinned" };
  }
  if (now.key === place) return { ...now, key: null, turned: null };
  return now.key === null ? asKey() : { query: place, key: null, turned: null };
}

/** The pair after a word of `offer` was pressed that still stands; null where it is none. */
export function confirmed(
  now: TokenPair,
  place: number,
  side: WordSide,
  offer: TokenPair,
): TokenPair | null {
  const stands = (one: "query" | "key"): boolean => place === now[one] && place === offer[one];
  if (side !== "key" && stands("query"))
    return { query: place, key: now.key === offer.key ? null : now.key };
  return side !== "query" && stands("key") ? now : null;
}

/** Chooses a word, or lets it go. */
export function pressWord(place: number, side: WordSide, meant: Meant): void {
  const before = { query: query.value, key: key.value };
  const kept = meant === "next" ? confirmed(before, place, side, offered.value) : null;
  const { turned, ...next } = kept
    ? { ...kept, turned: null }
    : pressed(before, place, side, meant, sightNow.value);
  batch(() => {
    const isKey = kept !== null && next.query !== place;
    offered.value = isKey ? { ...offered.value, key: null } : NO_PAIR;
    if (next.query !== before.query) forget("query");
    if (next.key !== before.key) forget("key");
    query.value = next.query;
    key.value = next.key;
    // The overview answers who links the two.
    if (next.query !== null && next.key !== null) panel.value = "pair";
    said.value = turned === null ? "" : sentenceOf(turned, before, next, place);
  });
}

/** What a click on a word would choose, to be shown while the pointer is there. */
export function pointedPair(place: number, side: WordSide): TokenPair {
  const now = { query: query.value, key: key.value };
  if (side === "key" || (place === now.key && now.query !== null))
    return { query: now.query, key: place };
  const next = pressed(now, place, side, "next", sightNow.value);
  const goes = next.query !== place && next.key !== place;
  return goes || next.query === null ? { query: place, key: null } : next;
}

function sentenceOf(
  turned: "turned" | "hidden" | "unpinned",
  before: TokenPair,
  next: TokenPair,
  place: number,
): string {
  const name = (sequence: Sequence | null, at: number | null): string =>
    sequence === null || at === null ? "" : nameOf(sequence, at);
  const asKey = (at: number | null): string => name(keySequence.value, at);
  const asQuery = (at: number | null): string => name(querySequence.value, at);
  if (turned === "turned")
    return `${asKey(next.key)} comes first and this layer looks back only: ${asQuery(next.query)} is the query, ${asKey(next.key)} the key.`;
  if (turned === "hidden")
    return `${asKey(place)} comes after ${asQuery(before.query)}, which looks back only: it cannot be its key.`;
  return `${asQuery(next.query)} looks back only: the later key ${asKey(before.key)} was unpinned.`;
}

function nameOf(sequence: Sequence, at: number): string {
  const { label, named } = tokenLabel(sequence, at, 18);
  return `“${(named ?? label).replace(/^·+/u, "")}” (${at})`;
}
