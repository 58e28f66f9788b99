/** What pointer and keyboard do in the neuron view. */

import { batch, computed, signal } from "@preact/signals";
import { exactText, signedText } from "../../format";
import { withName } from "../../state/compare";
import { hover } from "../../state/hover";
import { explainedKey, pinnedNeuron } from "../../state/neuron";
import { activeQuery, key, pinKey, pinQuery } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import { neuronNumbers } from "./frame";
import type { Hit } from "./layout";
import {
  keyPlaces,
  keyToken,
  neuronAt,
  picture,
  pinnedHere,
  placeOfKey,
  places,
  pointed,
  queryToken,
  sameTokens,
} from "./state";

/**
 * What a screen reader announces; changes with the keyboard, not with every move of the pointer.
 */
export const spoken = signal("");

/** Shows a hit in the status bar and with a cross-hair; null takes both away. */
export function point(hit: Hit | null): void {
  const now = pointed.peek();
  if (hit?.part === now?.part && hit?.row === now?.row && hit?.place === now?.place) return;
  pointed.value = hit;
  const frame = picture.peek()?.frame;
  if (!hit || !frame) {
    hover.value = null;
    return;
  }
  const { layer, head } = frame;
  const text = neuronText(hit);
  const facts =
    hit.row === null || frame.seen[hit.row] === 0
      ? {}
      : { weight: frame.weights[hit.row] ?? Number.NaN };
  const score = hit.row === null ? undefined : frame.scores?.[hit.row];
  hover.value = {
    layer,
    head,
    query: frame.query,
    key: hit.row,
    ...facts,
    ...(score === undefined ? {} : { score }),
    ...(text === "" ? {} : { text }),
  };
}

/**
 * "neuron 17: q 1.2109, k 0.9375, contribution +0.1419 to a sum of 2.3042"; of a difference both
 * contributions and their change.
 */
function neuronText(hit: Hit): string {
  const neuron = neuronAt(hit.place);
  const now = picture.peek();
  if (neuron === null || !now) return "";
  const { q, k, contribution } = neuronNumbers(now.own, neuron, hit.row ?? 0);
  const name = `neuron ${neuron}: q ${exactText(q)}`;
  if (hit.row === null) return name;
  if (hit.part === "queries") {
    const own = now.own.queries[hit.row * now.own.neurons + neuron] ?? Number.NaN;
    return `neuron ${neuron}: q ${exactText(own)} of ${displayToken(keyToken(hit.row)).label}`;
  }
  if (now.frame.seen[hit.row] !== 1)
    return `${name}, k ${exactText(k)}, contribution none: not seen`;
  if (now.other) {
    const there = neuronNumbers(now.other, neuron, hit.row).contribution;
    const [own, other, change] = [contribution, there, contribution - there].map(signedText);
    return `neuron ${neuron}: contribution ${own} here, ${other} in ${withName.peek()}, change ${change}`;
  }
  return `${name}, k ${exactText(k)}, contribution ${signedText(contribution)} to a sum of ${exactText(now.own.sums[hit.row] ?? Number.NaN)}`;
}

/** What a click would do, and the whole token where its label is cut. */
export const hint = computed(() => {
  const hit = pointed.value;
  if (!hit) return "";
  const neuron = neuronAt(hit.place);
  if (neuron !== null && hit.row === null)
    return `click: ${pinnedHere.value === neuron ? "unpin" : "pin"} neuron ${neuron}`;
  if (hit.row === null) return "";
  const { full } = displayToken(keyToken(hit.row));
  if (hit.part === "queries") return `${full}\nclick: make it the query`;
  if (neuron !== null)
    return `${full}\nclick: ${isPinned(neuron, hit.row) ? "unpin" : "pin"} neuron ${neuron} and this key`;
  if (isQuery(hit)) return `${full}\nclick: make it the query; elsewhere in the row: pin this key`;
  return `${full}\nclick: ${key.value === hit.row ? "unpin" : "pin"} this key`;
});

/**
 * A click: the query's strip pins a neuron, a token becomes the query, a cell of a row pins the
 * neuron and the key, anything else of a row the key.
 */
export function press(hit: Hit | null): void {
  if (!hit) return;
  const neuron = neuronAt(hit.place);
  const { row } = hit;
  batch(() => {
    if (row === null) {
      if (neuron !== null) pinnedNeuron.value = pinnedHere.value === neuron ? null : neuron;
    } else if (isQuery(hit)) pinQuery(row);
    else if (neuron === null) pinKey(key.value === row ? null : row);
    else {
      const pinned = isPinned(neuron, row);
      pinnedNeuron.value = pinned ? null : neuron;
      pinKey(pinned ? null : row);
    }
  });
}

function isPinned(neuron: number, row: number): boolean {
  return pinnedHere.value === neuron && key.value === row;
}

/** Whether a hit is at a token that can be the query, or at its strip as one. */
function isQuery({ part, row }: Hit): boolean {
  return (part === "label" || part === "queries") && row !== null && sameTokens.value;
}

/** Moves the query by one; stays at the ends. */
export function queryBy(offset: number): void {
  pinQuery(Math.max(0, activeQuery.value + offset));
  spoken.value = `query ${activeQuery.value}`;
}

/** Moves the pinned key from row to row, beginning at the one that is explained. */
export function keyBy(offset: number): void {
  const rows = keyPlaces.value;
  const place = placeOfKey(explainedKey.value) + offset;
  const next = rows[Math.max(0, Math.min(rows.length - 1, place))] ?? 0;
  pinKey(next);
  spoken.value = pairText(next);
}

/** Moves the cross-hair to the next place of the explained row. */
export function placeBy(offset: number): void {
  const cells = places.value.length;
  if (cells === 0) return;
  const from = pointed.value?.place ?? (offset > 0 ? -1 : cells);
  point({
    part: "product",
    row: explainedKey.value,
    place: Math.max(0, Math.min(cells - 1, from + offset)),
  });
  const hit = pointed.value;
  if (hit) spoken.value = neuronText(hit);
}

/** Query, key, score and weight in words. */
export function pairText(j: number): string {
  const frame = picture.value?.frame;
  if (!frame) return "";
  const pair = `${displayToken(queryToken.value).label} to ${displayToken(keyToken(j)).label}`;
  if (frame.seen[j] === 0) return `${pair}: not seen`;
  const score = frame.scores ? `score ${exactText(frame.scores[j] ?? Number.NaN)}, ` : "";
  return `${pair}: ${score}softmax ${exactText(frame.weights[j] ?? Number.NaN)}`;
}
