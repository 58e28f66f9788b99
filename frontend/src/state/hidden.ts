/** Which keys are hidden, for the heads of a layer: every view leaves out the same ones. */

import { computed } from "@preact/signals";
import type { Layer } from "../types";
import { keySequence, stackNow } from "./scope";
import { first, special, token } from "./show";
import { displayToken } from "./tokens";

/** The position that is meant is one of the text; a text that is too short has nothing to hide. */
export const hides = computed(
  () =>
    first.value !== "show" &&
    (typeof token.value !== "number" || token.value < (keySequence.value?.tokens.length ?? 0)),
);

/**
 * 1: the weights of this key are left out. null: none is. `layer`, `head`: whose; head null: what is
 * left out of all heads. Reads signals.
 */
export function hiddenOf(layer: Layer | null, head: number | null): Uint8Array | null {
  const sequence = keySequence.value;
  if (!hides.value || sequence === null) return null;
  const place = placeOf(layer, head);
  return Uint8Array.from(sequence.tokens, (_, at) =>
    Number(at === place || (special.value && sequence.special[at] === true)),
  );
}

function placeOf(layer: Layer | null, head: number | null): number {
  if (token.value === "first") return 0;
  if (token.value !== "resting") return token.value;
  return (head === null ? null : layer?.resting?.[head]) ?? -1;
}

/** "the first token", "what each head rests on", "token 6 (·the)". Reads signals. */
export function hiddenText(): string {
  if (token.value === "first") return "the first token";
  if (token.value === "resting") return "what each head rests on";
  const text = keySequence.value?.tokens[token.value];
  return `token ${token.value}${text === undefined ? "" : ` (${displayToken(text, 16).label})`}`;
}

/** There are special tokens beyond the first token. */
export const hasSpecial = computed(
  () => keySequence.value?.special.some((each, at) => each && at > 0) ?? false,
);

/** The log says of its heads what they rest on; older ones do not. */
export const knowsResting = computed(
  () => stackNow.value?.layers.some((layer) => layer.resting !== null) ?? false,
);
