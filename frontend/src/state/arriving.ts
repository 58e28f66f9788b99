/**
 * What stands in the place of weights: these themselves, or what arrives, where the lengths of
 * values are known.
 */

import { computed } from "@preact/signals";
import { knowsLengths } from "../stacks";
import type { Layer, Weights } from "../types";
import { stackNow } from "./scope";
import { type Show, show } from "./show";

/** What is shown of the stack on the screen; of one without lengths always weights. */
export const showNow = computed<Show>(() =>
  stackNow.value === null || knowsLengths(stackNow.value) ? show.value : "weight",
);

/** Why what arrives cannot be shown; empty where it can. */
export const lengthsMissing = computed(() => {
  const stack = stackNow.value;
  if (stack === null || knowsLengths(stack)) return "";
  return stack.layers.some((layer) => layer.value_norms)
    ? "Some layers were logged without the lengths of their values, which their model did not show."
    : "The lengths of values were not logged: this log is of an older version, or the model gave only its weights.";
});

/** What the lengths are of, where it is not the value after the output projection. */
export const lengthsNote = computed(() => {
  const layers = stackNow.value?.layers.filter((layer) => layer.projection === "") ?? [];
  if (showNow.value === "weight" || layers.length === 0) return "";
  const which =
    layers.length === stackNow.value?.layers.length
      ? ""
      : ` in layer ${layers.map((layer: Layer) => layer.layer).join(", ")}`;
  return `No output projection was found${which}: lengths are those of the values alone.`;
});

/** What one number on the screen is called, and what several of them are parts of. */
export const numberName = computed(() => (showNow.value === "weight" ? "weight" : "share"));
export const wholeName = computed(() =>
  showNow.value === "weight" ? "the weight" : "what arrives",
);

/** The lengths of one head [keys]; null where weights are shown. */
export function lengthsOf(
  { norms, keys }: Pick<Weights, "norms" | "keys">,
  head: number,
): Float32Array | null {
  return norms?.subarray(head * keys, (head + 1) * keys) ?? null;
}
