/** Finding a word in a text, also where it is made of several tokens. */

import { runAt } from "../../state/tokens";
import { spaceBefore } from "../../state/word_starts";
import type { Sequence } from "../../types";

/** Tokens first .. last, both included. */
export interface Hit {
  readonly first: number;
  readonly last: number;
}

interface Searchable {
  readonly text: string;
  /** Where each token begins in it. */
  readonly starts: Uint32Array;
}

const known = new WeakMap<Sequence, Searchable>();

/** The tokens as one text in small letters, with the spaces that a reader would see. */
function searchable(sequence: Sequence): Searchable {
  const found = known.get(sequence);
  if (found) return found;
  const starts = new Uint32Array(sequence.tokens.length);
  let text = "";
  sequence.tokens.forEach((token, at) => {
    const run = runAt(sequence, at);
    const own = run === undefined ? token : at === run.first ? run.text : "";
    if (spaceBefore(sequence, at) && !/\s$/u.test(text) && !/^\s/u.test(own)) text += " ";
    starts[at] = text.length;
    text += own.toLowerCase();
  });
  const made = { text, starts };
  known.set(sequence, made);
  return made;
}

/** Places of `wanted` in the text, in either case; "#37" is token 37. */
export function findTokens(sequence: Sequence, wanted: string): readonly Hit[] {
  const place = /^#(\d{1,9})$/.exec(wanted.trim());
  if (place) {
    const at = Number(place[1]);
    return at < sequence.tokens.length ? [{ first: at, last: at }] : [];
  }
  const sought = wanted.toLowerCase().trim();
  if (sought === "") return [];
  const { text, starts } = searchable(sequence);
  const hits: Hit[] = [];
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length))
    hits.push({ first: tokenOf(starts, at), last: tokenOf(starts, at + sought.length - 1) });
  return hits;
}

/** The last token that begins at a place of the text, or before it. */
function tokenOf(starts: Uint32Array, place: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
