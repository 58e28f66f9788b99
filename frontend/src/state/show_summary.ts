/** What is set in Show, in a line. */

import { showNow } from "./arriving";
import { hiddenText, hides } from "./hidden";
import { segmentPair } from "./plan";
import { first, mass, scale, smallest, special, words } from "./show";

/** "weight · square root · without the first token". Reads signals. */
export function showSummary(): string {
  const pair = segmentPair.value;
  const left = hides.value
    ? `without ${hiddenText()}${special.value ? " and special ones" : ""}`
    : "";
  return [
    showNow.value === "weight" ? "weight" : "what arrives",
    scale.value === "sqrt" ? "square root" : "linear",
    left && (first.value === "renormalise" ? `${left}, renormalised` : left),
    smallest.value === null ? "from half of the even weight" : `from ${smallest.value}`,
    mass.value < 1 ? `${Number((100 * mass.value).toFixed(1))} % of each query` : "",
    words.value ? "whole words" : "",
    pair === null ? "" : `only ${pair[0]} → ${pair[1]}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
