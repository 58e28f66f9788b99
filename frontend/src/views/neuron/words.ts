/** Tokens by position, and the sentences of the neuron view. */

import { plainText } from "../../format";
import type { Layer } from "../../types";
import type { NeuronFrame } from "./frame";

/**
 * The token at `position` of `length` positions. Where there are more positions than tokens (a
 * prefix without text, or keys that begin before the queries) the last ones belong together.
 */
export function tokenAt(tokens: readonly string[], length: number, position: number): string {
  const at = position + tokens.length - length;
  return tokens[at] ?? `position ${position}`;
}

/**
 * What a reader must know of this head: whose key it uses, rotation, and what happens to a score
 * after q.k.
 */
export function headNotes(
  layer: Layer,
  sharing: readonly number[],
  head: number,
  keyHead: number,
): string[] {
  const notes: string[] = [];
  const others = sharing.filter((each) => each !== head);
  if (others.length > 0)
    notes.push(
      `Shares key head ${keyHead} with head${others.length > 1 ? "s" : ""} ${others.join(", ")}.`,
    );
  if (layer.rotary) notes.push("q and k after rotation.");
  if (layer.softcap !== null)
    notes.push(`Scores are capped softly at ${plainText(layer.softcap)}.`);
  if (layer.bias !== null) notes.push("A bias is added to the scores.");
  if (layer.sinks.length > 0)
    notes.push("A sink takes part in the softmax: the weights sum to less than 1.");
  return notes;
}

/** How many keys the query does not see, as a sentence; "" where it sees all. */
export function unseenNote(frame: NeuronFrame): string {
  const unseen = frame.seen.reduce((count, seen) => count + 1 - seen, 0);
  if (unseen === 0) return "";
  return unseen === 1
    ? "1 token is not seen by this query."
    : `${unseen} tokens are not seen by this query.`;
}
