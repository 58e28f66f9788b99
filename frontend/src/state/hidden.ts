/** Which keys are hidden, as a signal: every view leaves out the same ones. */

import { computed } from "@preact/signals";
import type { Sequence } from "../types";
import { keySequence } from "./scope";
import { first, special } from "./show";

/** 1: the weights of this key are left out. null: none is. */
export const hiddenKeys = computed<Uint8Array | null>(() =>
  first.value === "show" || keySequence.value === null
    ? null
    : sinkTokens(keySequence.value, special.value),
);

/** There are special tokens beyond the first token. */
export const hasSpecial = computed(
  () => keySequence.value?.special.some((each, token) => each && token > 0) ?? false,
);

/** The first token, and with `alsoSpecial` the special ones. */
function sinkTokens(sequence: Sequence, alsoSpecial: boolean): Uint8Array {
  return Uint8Array.from(sequence.tokens, (_, token) =>
    Number(token === 0 || (alsoSpecial && sequence.special[token] === true)),
  );
}
