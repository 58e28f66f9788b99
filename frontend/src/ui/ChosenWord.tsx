/** The chosen query or key in a sentence, in its colour. */

import type { JSX } from "preact";
import { key, keySequence, query, querySequence } from "../state/selection";
import { tokenLabel } from "../state/tokens";

interface ChosenWordProps {
  readonly side: "query" | "key";
  /** Longest text, in characters. */
  readonly longest?: number;
}

export function ChosenWord({ side, longest = 18 }: ChosenWordProps): JSX.Element | null {
  const sequence = side === "query" ? querySequence.value : keySequence.value;
  const at = side === "query" ? query.value : key.value;
  if (sequence === null || at === null) return null;
  const { label, named, full } = tokenLabel(sequence, at, longest);
  return (
    <bdi class={`chosen-word ${side}`} title={`${side} ${at}: ${full}`}>
      {(named ?? label).replace(/^·+(?=.)/u, "")}
    </bdi>
  );
}
