/** The chosen query or key in a sentence, in its colour. */

import type { JSX } from "preact";
import { key, keySequence, query, querySequence } from "../state/selection";
import { tokenLabel } from "../state/tokens";
import type { Sequence } from "../types";

interface ChosenWordProps {
  readonly side: "query" | "key";
  /** Longest text, in characters. */
  readonly longest?: number;
}

/** Its text alone, without the sign of the space before it; "" where none is chosen. Reads signals. */
export function chosenWord(side: "query" | "key", longest = 18): string {
  const { sequence, at } = chosen(side);
  if (sequence === null || at === null) return "";
  const { label, named } = tokenLabel(sequence, at, longest);
  return (named ?? label).replace(/^·+(?=.)/u, "");
}

function chosen(side: "query" | "key"): {
  readonly sequence: Sequence | null;
  readonly at: number | null;
} {
  return side === "query"
    ? { sequence: querySequence.value, at: query.value }
    : { sequence: keySequence.value, at: key.value };
}

export function ChosenWord({ side, longest = 18 }: ChosenWordProps): JSX.Element | null {
  const { sequence, at } = chosen(side);
  if (sequence === null || at === null) return null;
  const { full } = tokenLabel(sequence, at, longest);
  return (
    <bdi class={`chosen-word ${side}`} title={`${side} ${at}: ${full}`}>
      {chosenWord(side, longest)}
    </bdi>
  );
}
