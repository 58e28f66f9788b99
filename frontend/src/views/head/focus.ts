/** Which token or pair the view explains: what is under the pointer, else what is pinned. */

import { batch, computed } from "@preact/signals";
import { weights } from "../../state/data";
import { type Hover, hover } from "../../state/hover";
import { head, key, pinKey, pinQuery, query } from "../../state/selection";
import { series, shownHeads } from "./series";

/**
 * anchor: "query" - what `query` attends to; "key" - what attends to `key`; "pair" - one link of the whole picture; null - nothing.
 * Where both tokens are set, the anchor's side stays and the other one completes the pair.
 */
export interface Focus {
  readonly query: number | null;
  readonly key: number | null;
  readonly head: number | null;
  readonly anchor: "query" | "key" | "pair" | null;
  /** Nothing is under the pointer: this is the pin. */
  readonly pinned: boolean;
}

export interface Pins {
  readonly query: number | null;
  readonly key: number | null;
}

const NONE: Focus = { query: null, key: null, head: null, anchor: null, pinned: false };

export const pinned = computed<Pins>(() => {
  const now = weights.value;
  return { query: below(query.value, now?.queries), key: below(key.value, now?.keys) };
});

let last: Focus = NONE;
/** Keeps its identity while nothing of it changes, so that nothing is drawn twice. */
export const focus = computed<Focus>(() => {
  const now = weights.value;
  const next = focusOf(within(hover.value, now), pinned.value);
  if (!sameFocus(next, last)) last = next;
  return last;
});

/** The focus that follows from pointer and pins. */
export function focusOf(hovered: Hover | null, pins: Pins): Focus {
  const pointed = hovered !== null && (hovered.query !== null || hovered.key !== null);
  const now = pointed ? hovered : pins;
  if (now.query === null && now.key === null) return NONE;
  const base = { query: now.query, key: now.key, head: pointed ? hovered.head : null, pinned: !pointed };
  if (now.key === null) return { ...base, anchor: "query" };
  if (now.query === null) return { ...base, anchor: "key" };
  if (pins.query === now.query) return { ...base, anchor: "query" };
  return { ...base, anchor: pins.key === now.key ? "key" : "pair" };
}

/** Points at a query token; a pinned key completes the pair, unless a query is pinned as well. */
export function pointQuery(wanted: number): void {
  point(wanted, pinned.value.query === null ? pinned.value.key : null, null);
}

/** Points at a key token; a pinned query completes the pair. */
export function pointKey(wanted: number): void {
  point(pinned.value.query, wanted, null);
}

/** Points at one weight. `index`: the series it belongs to, or null for the pair in all of them. */
export function pointPair(wantedQuery: number, wantedKey: number, index: number | null): void {
  point(wantedQuery, wantedKey, index);
}

export function pointNothing(): void {
  if (hover.peek() !== null) hover.value = null;
}

/** Pins a query token, or lets it go. */
export function pressQuery(wanted: number): void {
  pinQuery(pinned.value.query === wanted ? null : wanted);
}

/** Pins a key token, or lets it go. */
export function pressKey(wanted: number): void {
  pinKey(pinned.value.key === wanted ? null : wanted);
}

/** Pins both ends of a link and focuses its head, or lets both go. */
export function pressPair(wantedQuery: number, wantedKey: number, index: number | null): void {
  const again = pinned.value.query === wantedQuery && pinned.value.key === wantedKey;
  const wantedHead = index === null ? null : (series.value[index]?.head ?? null);
  batch(() => {
    pinQuery(again ? null : wantedQuery);
    pinKey(again ? null : wantedKey);
    if (wantedHead !== null) head.value = wantedHead;
  });
}

function point(wantedQuery: number | null, wantedKey: number | null, index: number | null): void {
  const now = weights.value;
  if (now === null) return;
  const next = described(now.layer, now.keys, wantedQuery, wantedKey, index);
  const before = hover.peek();
  if (before === null || !sameHover(before, next)) hover.value = next;
}

function described(
  layer: number,
  keys: number,
  wantedQuery: number | null,
  wantedKey: number | null,
  index: number | null,
): Hover {
  const shown = series.value[index ?? 0];
  const alone = index !== null || series.value.length === 1;
  const base = { layer, head: alone ? (shown?.head ?? null) : null, query: wantedQuery, key: wantedKey };
  if (wantedQuery === null || wantedKey === null || !alone) return base;
  const weight = shown?.data[wantedQuery * keys + wantedKey];
  if (weight === undefined) return base;
  return shown?.head === null ? { ...base, weight, text: `mean of heads ${shownHeads.value.join(" ")}` } : { ...base, weight };
}

function within(hovered: Hover | null, now: { layer: number; queries: number; keys: number } | null): Hover | null {
  if (hovered === null || now === null || hovered.layer !== now.layer) return null;
  return { ...hovered, query: below(hovered.query, now.queries), key: below(hovered.key, now.keys) };
}

function below(index: number | null, count: number | undefined): number | null {
  return index !== null && count !== undefined && index < count ? index : null;
}

function sameFocus(a: Focus, b: Focus): boolean {
  return a.query === b.query && a.key === b.key && a.head === b.head && a.anchor === b.anchor && a.pinned === b.pinned;
}

function sameHover(a: Hover, b: Hover): boolean {
  return (
    a.layer === b.layer &&
    a.head === b.head &&
    a.query === b.query &&
    a.key === b.key &&
    a.weight === b.weight &&
    a.text === b.text
  );
}
