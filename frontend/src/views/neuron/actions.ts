/** What pointer and keyboard do in the neuron view. */

import { computed, signal } from "@preact/signals";
import { hover } from "../../state/hover";
import { activeQuery, key, pinKey, pinQuery, query } from "../../state/selection";
import { displayToken } from "../../state/tokens";
import type { Hit } from "./layout";
import { exact, signed } from "./numbers";
import {
  explainedKey,
  keyToken,
  neuronAt,
  picture,
  pinnedHere,
  pinnedNeuron,
  places,
  pointed,
  queryToken,
  sameTokens,
} from "./picture";

/** What a screen reader is told; changes with the keyboard, not with every move of the pointer. */
export const spoken = signal("");

/** Exact numbers of one neuron for the shown query and key j: q, k and the contribution to the score. */
export function neuronNumbers(neuron: number, j: number): { q: number; k: number; contribution: number } | null {
  const frame = picture.value?.frame;
  if (!frame || neuron >= frame.neurons || j >= frame.keys) return null;
  const at = j * frame.neurons + neuron;
  const missing = Number.NaN;
  return { q: frame.queryVector[neuron] ?? missing, k: frame.key[at] ?? missing, contribution: frame.products[at] ?? missing };
}

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
  const facts = hit.row === null || frame.seen[hit.row] === 0 ? {} : { weight: frame.weights[hit.row] ?? Number.NaN };
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

/** "neuron 17: q 1.2109, k 0.9375, contribution +0.1419" */
function neuronText(hit: Hit): string {
  const neuron = neuronAt(hit.place);
  if (neuron === null) return "";
  const values = neuronNumbers(neuron, hit.row ?? 0);
  if (!values) return "";
  const q = `neuron ${neuron}: q ${exact(values.q)}`;
  if (hit.row === null) return q;
  const seen = picture.peek()?.frame.seen[hit.row] === 1;
  return `${q}, k ${exact(values.k)}, contribution ${seen ? signed(values.contribution) : "none: not seen"}`;
}

/** What a click would do, and the whole token where its label is cut. */
export const hint = computed(() => {
  const hit = pointed.value;
  if (!hit) return "";
  const neuron = neuronAt(hit.place);
  if (neuron !== null) return `click: ${pinnedHere.value === neuron ? "let go of" : "pin"} neuron ${neuron}`;
  if (hit.row === null || hit.part === "row") return "";
  const asQuery = hit.part === "label" && sameTokens.value;
  return `${displayToken(keyToken(hit.row)).full}\nclick: ${asQuery ? "make it the query" : "pin this key"}`;
});

/** A click: a neuron's cell pins the neuron, a token becomes the query, anything else of a row pins the key. */
export function press(hit: Hit | null): void {
  if (!hit) return;
  const neuron = neuronAt(hit.place);
  if (neuron !== null) pinnedNeuron.value = pinnedHere.value === neuron ? null : neuron;
  else if (hit.row !== null && hit.part === "label" && sameTokens.value) chooseQuery(hit.row - queryStart());
  else if (hit.row !== null) pinKey(key.value === hit.row ? null : hit.row);
}

/** Pins a query; pinning the pinned one again lets it go. */
export function chooseQuery(wanted: number): void {
  if (wanted >= 0) pinQuery(query.value === wanted ? null : wanted);
}

/** Moves the query by one; stays at the ends. */
export function queryBy(offset: number): void {
  pinQuery(Math.max(0, activeQuery.value + offset));
  spoken.value = `query ${activeQuery.value}`;
}

/** Moves the pinned key, beginning at the one that is explained. */
export function keyBy(offset: number): void {
  const keys = picture.value?.frame.keys ?? 0;
  const next = Math.max(0, Math.min(keys - 1, explainedKey.value + offset));
  pinKey(next);
  spoken.value = pairText(next);
}

/** Moves the cross-hair to the next place of the explained row. */
export function placeBy(offset: number): void {
  const cells = places.value.length;
  if (cells === 0) return;
  const from = pointed.value?.place ?? (offset > 0 ? -1 : cells);
  point({ part: "product", row: explainedKey.value, place: Math.max(0, Math.min(cells - 1, from + offset)) });
  const hit = pointed.value;
  if (hit) spoken.value = neuronText(hit);
}

/** Query, key, score and weight in words. */
export function pairText(j: number): string {
  const frame = picture.value?.frame;
  if (!frame) return "";
  const pair = `${displayToken(queryToken.value).label} to ${displayToken(keyToken(j)).label}`;
  if (frame.seen[j] === 0) return `${pair}: not seen`;
  const score = frame.scores ? `score ${exact(frame.scores[j] ?? Number.NaN)}, ` : "";
  return `${pair}: ${score}softmax ${exact(frame.weights[j] ?? Number.NaN)}`;
}

function queryStart(): number {
  return picture.value?.layer.query_start ?? 0;
}
