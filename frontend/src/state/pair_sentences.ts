/**
 * The same two words in other probes: which have them, and which of these are looked at beside the
 * chosen one.
 */

import { computed, signal } from "@preact/signals";
import type { Pair } from "../types";
import { type Asked, NOT_ASKED } from "./ask";
import { choice, field } from "./field";
import { inAddress } from "./fields";
import { type Candidate, type Found, type JoinBy, partners } from "./sentences";

/** Probes in which the pair is looked at, beside the chosen one. */
export const moreTags = signal<readonly string[]>([]);
inAddress(
  "pair_in",
  field(
    moreTags,
    (tags) => tags.map(encodeURIComponent).join("~"),
    (text) => (text === "" ? [] : text.split("~").map(decodeTag)),
  ),
);
/** What becomes of the numbers of several sentences. */
export const joinBy = signal<JoinBy>("least");
inAddress("pair_join", choice(joinBy, ["least", "mean"]));

function decodeTag(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody has changed the address by hand: as it stands no probe has that name.
    return text;
  }
}

/** A probe in which both words stand, and where. */
export interface Sentence extends Candidate {
  readonly run: string;
  readonly found: Found;
  /** Index of the query among those of the layer. */
  readonly query: number;
}

export interface Sentences {
  readonly ofA: readonly Sentence[];
  readonly ofB: readonly Sentence[];
}

/** A sentence and its partner of B with their numbers, as far as they are known. */
export interface MorePair {
  readonly own: Pair;
  readonly other: Pair | null;
}

export const askedSentences = signal<Asked<Sentences>>(NOT_ASKED);
/** By `JSON.stringify([run, tag])` of the sentence. */
export const askedMore = signal<Asked<ReadonlyMap<string, MorePair>>>(NOT_ASKED);

/** A sentence that may be looked at. */
export interface Offered {
  readonly sentence: Sentence;
  /** Of B; null where nothing is compared, or B has none. */
  readonly partner: Sentence | null;
  readonly chosen: boolean;
}

/** The sentences of A beside the chosen one, each with its partner of B. */
export const offered = computed<readonly Offered[]>(() => {
  const { ofA, ofB } = askedSentences.value.value ?? { ofA: [], ofB: [] };
  const found = partners(ofA, ofB);
  return ofA.map((sentence, at) => ({
    sentence,
    partner: ofB.find((each) => each.tag === found[at]?.tag) ?? null,
    chosen: moreTags.value.includes(sentence.tag),
  }));
});

export function sentenceKey({ run, tag }: { readonly run: string; readonly tag: string }): string {
  return JSON.stringify([run, tag]);
}

/** Looks at the pair in this probe as well, or no longer. */
export function toggleSentence(tag: string): void {
  const now = moreTags.peek();
  moreTags.value = now.includes(tag) ? now.filter((each) => each !== tag) : [...now, tag];
}
