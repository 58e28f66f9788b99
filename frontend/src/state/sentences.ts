/**
 * The same two words in several sentences: where they stand in each, which sentences belong
 * together, and one number of several. Pure.
 */

/** Where the two words stand in the text of a probe. */
export interface Found {
  readonly query: number;
  readonly key: number;
  /** How often each word is there; the last one is meant. */
  readonly queries: number;
  readonly keys: number;
}

interface Text {
  readonly tokens: readonly string[];
}

/** Tokens are the same word with or without the space before it. */
function sameWord(one: string | undefined, other: string): boolean {
  return one !== undefined && one.trim() === other.trim() && other.trim() !== "";
}

/**
 * The last token that is the word of the query, and the last one that is the word of the key; null
 * where one of them is missing. `looksBack`: queries and keys are tokens of one text, and no key is
 * later than its query.
 */
export function findWords(
  queries: Text,
  keys: Text,
  words: { readonly query: string; readonly key: string },
  looksBack: boolean,
): Found | null {
  const placesOf = ({ tokens }: Text, word: string): number[] =>
    tokens.flatMap((each, at) => (sameWord(each, word) ? [at] : []));
  const asQuery = placesOf(queries, words.query);
  const asKey = placesOf(keys, words.key);
  for (const query of [...asQuery].reverse()) {
    const seen = looksBack ? asKey.filter((each) => each <= query) : asKey;
    // A word that is both is meant to look at an earlier one, where there is one.
    const earlier = looksBack ? seen.filter((each) => each < query) : seen;
    const key = earlier[earlier.length - 1] ?? seen[seen.length - 1];
    if (key !== undefined) return { query, key, queries: asQuery.length, keys: asKey.length };
  }
  return null;
}

/** How many tokens differ; Infinity where there are not equally many. */
export function differing(a: Text, b: Text): number {
  if (a.tokens.length !== b.tokens.length) return Number.POSITIVE_INFINITY;
  return a.tokens.filter((each, at) => each !== b.tokens[at]).length;
}

/** A probe by name, with the text of its queries. */
export interface Candidate extends Text {
  readonly tag: string;
}

/**
 * For each sentence of A the one of B that differs in the fewest tokens, each at most once; null
 * where none of the same length is left. Close ones are joined first.
 */
export function partners(
  ofA: readonly Candidate[],
  ofB: readonly Candidate[],
): readonly (Candidate | null)[] {
  const distances = ofA
    .flatMap((a, from) => ofB.map((b, to) => ({ from, to, away: differing(a, b) })))
    .filter(({ away }) => away < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.away - other.away);
  const [found, taken] = [new Map<number, Candidate>(), new Set<number>()];
  for (const { from, to } of distances) {
    const partner = ofB[to];
    if (found.has(from) || taken.has(to) || !partner) continue;
    found.set(from, partner);
    taken.add(to);
  }
  return ofA.map((_, at) => found.get(at) ?? null);
}

/** "least": what all sentences have at least, 0 where they disagree about the sign. */
export type JoinBy = "least" | "mean";

/** One number of several; NaN where one of them is not known. */
export function joined(values: readonly number[], by: JoinBy): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  if (by === "mean") return values.reduce((sum, each) => sum + each, 0) / values.length;
  const least = values.reduce((best, each) => (Math.abs(each) < Math.abs(best) ? each : best));
  return values.every((each) => each * least >= 0) && least !== 0 ? least : 0;
}
