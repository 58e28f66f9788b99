/**
 * Which row or pair the view explains: what is under the pointer, else what is pinned. Rows here,
 * tokens in the shared state.
 */

import { batch, computed, effect, untracked } from "@preact/signals";
import { exactText, signedText } from "../../format";
import { withName } from "../../state/compare";
import { type Hover, hover } from "../../state/hover";
import { head, key, pinKey, pinQuery, query } from "../../state/selection";
import { rowOf, tokenOf } from "./rows";
import { bothAt, changes, series, shape, shownHeads } from "./state";

/**
 * anchor: "query" - what `query` attends to; "key" - what attends to `key`; "pair" - one link of
 * the whole picture; null - nothing. Where both tokens are set, the anchor's side stays and the
 * other one completes the pair.
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

export const pinned = computed<Pins>(() => ({
  query: rowOf("query", query.value),
  key: rowOf("key", key.value),
}));

let last: Focus = NONE;
/** Keeps its identity while nothing of it changes, so that nothing is drawn twice. */
export const focus = computed<Focus>(() => {
  const next = focusOf(inRows(hover.value, shape.value), pinned.value);
  if (!sameFocus(next, last)) last = next;
  return last;
});

/** The focus that follows from pointer and pins. */
export function focusOf(hovered: Hover | null, pins: Pins): Focus {
  const pointed = hovered !== null && (hovered.query !== null || hovered.key !== null);
  const now = pointed ? hovered : pins;
  if (now.query === null && now.key === null) return NONE;
  const base = {
    query: now.query,
    key: now.key,
    head: pointed ? hovered.head : null,
    pinned: !pointed,
  };
  if (now.key === null) return { ...base, anchor: "query" };
  if (now.query === null) return { ...base, anchor: "key" };
  if (pins.query === now.query) return { ...base, anchor: "query" };
  return { ...base, anchor: pins.key === now.key ? "key" : "pair" };
}

/** The numbers under a resting pointer are those of the step on the screen. */
export function followNumbers(): () => void {
  return effect(() => {
    series.value;
    untracked(() => {
      const { query: row, key: column, head: only, anchor, pinned: resting } = focus.value;
      if (anchor === null || resting || row === null || column === null) return;
      const place = series.value.findIndex((each) => each.head === only);
      point(row, column, place < 0 ? null : place);
    });
  });
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
  pinQuery(pinned.value.query === wanted ? null : tokenOf("query", wanted));
}

/** Pins a key token, or lets it go. */
export function pressKey(wanted: number): void {
  pinKey(pinned.value.key === wanted ? null : tokenOf("key", wanted));
}

/** Pins both ends of a link and focuses its head, or lets both go. */
export function pressPair(wantedQuery: number, wantedKey: number, index: number | null): void {
  const again = pinned.value.query === wantedQuery && pinned.value.key === wantedKey;
  const wantedHead = index === null ? null : (series.value[index]?.head ?? null);
  batch(() => {
    pinQuery(again ? null : tokenOf("query", wantedQuery));
    pinKey(again ? null : tokenOf("key", wantedKey));
    if (wantedHead !== null) head.value = wantedHead;
  });
}

function point(wantedQuery: number | null, wantedKey: number | null, index: number | null): void {
  const now = shape.value;
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
  const base = {
    layer,
    head: alone ? (shown?.head ?? null) : null,
    query: wantedQuery === null ? null : tokenOf("query", wantedQuery),
    key: wantedKey === null ? null : tokenOf("key", wantedKey),
    changed: changes.value !== "",
  };
  if (wantedQuery === null || wantedKey === null || !alone) return base;
  const pair = bothAt(shown?.head ?? null, wantedQuery * keys + wantedKey);
  const weight = pair ? pair.a : shown?.data[wantedQuery * keys + wantedKey];
  if (weight === undefined) return base;
  const compared = pair
    ? [`${withName.value}: ${exactText(pair.b)}, difference ${signedText(pair.a - pair.b)}`]
    : [];
  const mean = shown?.head === null ? [`mean of heads ${shownHeads.value.join(" ")}`] : [];
  const text = [...compared, ...mean, ...(changes.value === "" ? [] : [changes.value])].join(", ");
  return text === "" ? { ...base, weight } : { ...base, weight, text };
}

/** What is under the pointer, in rows. */
function inRows(hovered: Hover | null, now: { readonly layer: number } | null): Hover | null {
  if (hovered === null || now === null || hovered.layer !== now.layer) return null;
  return { ...hovered, query: rowOf("query", hovered.query), key: rowOf("key", hovered.key) };
}

function sameFocus(a: Focus, b: Focus): boolean {
  return (
    a.query === b.query &&
    a.key === b.key &&
    a.head === b.head &&
    a.anchor === b.anchor &&
    a.pinned === b.pinned
  );
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
