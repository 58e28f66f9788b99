/** Asks for the same two words in other probes. */

import { isAbort } from "../api/error";
import type { PluginApi } from "../api/plugin";
import type { Partly } from "../api/until_done";
import type { Capture, LeftOut, Pair } from "../types";
import type { Question } from "./ask";
import { key, query, run, tag } from "./chosen";
import { compared, comparing, withPlace, withRunNow, withTagNow } from "./compare";
import { nearest } from "./nearest";
import {
  type MorePair,
  offered,
  type Sentence,
  type Sentences,
  sentenceKey,
} from "./pair_sentences";
import { placeOf } from "./place";
import { findTag, knownRuns, shownCapture, stackNow } from "./scope";
import { step } from "./selection";
import { findWords } from "./sentences";

/** In so many other probes of a run the words are looked for. */
const MOST_PROBES = 40;

interface Words {
  readonly query: string;
  readonly key: string;
}

/** Which other probes have both words, of A and of B. */
export function sentencesQuestion(api: PluginApi): Question<Sentences> | null {
  const [own, other] = [shownCapture.value, comparing.value ? compared.value?.capture : null];
  const words = own && wordsOf(own);
  if (!own || !words) return null;
  const [ofA, ofB] = [tagsOf(run.value, tag.value), tagsOf(withRunNow.value, withTagNow.value)];
  const wordsOfB = other ? wordsOf(other) : null;
  const [runA, runB, stack] = [run.value, withRunNow.value, stackNow.value?.name ?? ""];
  const at = { a: step.peek(), b: withPlace.peek()?.step ?? step.peek() };
  return {
    of: JSON.stringify([runA, tag.value, words, wordsOfB && [runB, withTagNow.value, wordsOfB]]),
    version: JSON.stringify([ofA, wordsOfB && ofB]),
    ask: async (signal) => ({
      ofA: await search(api, { run: runA, tags: ofA, step: at.a, stack, words }, signal),
      ofB: wordsOfB
        ? await search(api, { run: runB, tags: ofB, step: at.b, stack, words: wordsOfB }, signal)
        : [],
    }),
  };
}

/** The chosen pair as words of a capture; null where there is none. Reads signals. */
function wordsOf(capture: Capture): Words | null {
  const [i, j] = [query.value, key.value];
  const stack = capture.stacks.find((each) => each.name === stackNow.value?.name);
  if (!stack || i === null || j === null) return null;
  const from = capture.sequences[stack.query_sequence]?.tokens[i];
  const to = capture.sequences[stack.key_sequence]?.tokens[j];
  return from === undefined || to === undefined ? null : { query: from, key: to };
}

function tagsOf(runName: string, without: string): readonly string[] {
  const found = knownRuns.value?.runs.find((each) => each.run === runName);
  const others = found?.tags.map((each) => each.tag).filter((each) => each !== without) ?? [];
  return others.slice(0, MOST_PROBES);
}

interface Search {
  readonly run: string;
  readonly tags: readonly string[];
  readonly step: number;
  readonly stack: string;
  readonly words: Words;
}

async function search(
  api: PluginApi,
  { run: runName, tags, step: at, stack, words }: Search,
  signal: AbortSignal,
): Promise<readonly Sentence[]> {
  const look = async (name: string): Promise<Sentence | null> => {
    const known = findTag(knownRuns.peek(), runName, name);
    const place = known && placeOf(runName, known, nearest(known.steps, at));
    const capture = place && (await captureOf(api, place, signal));
    return capture ? sentenceOf(capture, stack, words) : null;
  };
  return (await Promise.all(tags.map(look))).filter((each) => each !== null);
}

/** What cannot be read is left out: choosing that probe says why. */
async function captureOf(
  api: PluginApi,
  place: NonNullable<ReturnType<typeof placeOf>>,
  signal: AbortSignal,
): Promise<Capture | null> {
  try {
    return await api.capture(place, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}

function sentenceOf(capture: Capture, name: string, words: Words): Sentence | null {
  const stack = capture.stacks.find((each) => each.name === name);
  const queries = stack && capture.sequences[stack.query_sequence];
  const keys = stack && capture.sequences[stack.key_sequence];
  if (!stack || !queries || !keys) return null;
  const one = stack.query_sequence === stack.key_sequence;
  const looksBack = one && (stack.layers[0]?.causal ?? false);
  const found = findWords(queries, keys, words, looksBack);
  if (!found) return null;
  const { run: runName, tag: tagName } = capture;
  return { run: runName, tag: tagName, tokens: queries.tokens, found, query: found.query };
}

/** The pair in the chosen ones of them. */
export function moreQuestion(
  api: PluginApi,
  leftOut: LeftOut,
): Question<ReadonlyMap<string, MorePair>> | null {
  const wanted = offered.value.filter((each) => each.chosen);
  const stack = stackNow.value?.name;
  if (stack === undefined) return null;
  const places = ({ run: runName, tag: tagName, found }: Sentence) => [
    runName,
    tagName,
    found.query,
    found.key,
    findTag(knownRuns.value, runName, tagName)?.versions.length,
  ];
  return {
    of: JSON.stringify([
      stack,
      leftOut,
      wanted.map(({ sentence, partner }) => [places(sentence), partner && places(partner)]),
    ]),
    version: "",
    ask: async (signal, partly) => {
      const known = new Map<string, MorePair>();
      for (const { sentence, partner } of wanted) {
        const tell = (own: Pair, other: Pair | null): void => {
          known.set(sentenceKey(sentence), { own, other });
          partly(new Map(known));
        };
        const other = partner && (await pairOf(api, partner, stack, leftOut, signal, () => {}));
        const own = await pairOf(api, sentence, stack, leftOut, signal, (part) =>
          tell(part, other),
        );
        tell(own, other);
      }
      return known;
    },
  };
}

async function pairOf(
  api: PluginApi,
  { run: runName, tag: tagName, found, query: index }: Sentence,
  stack: NonNullable<typeof stackNow.value>["name"],
  leftOut: LeftOut,
  signal: AbortSignal,
  partly: Partly<Pair>,
): Promise<Pair> {
  const known = findTag(knownRuns.peek(), runName, tagName);
  const last = known?.steps[known.steps.length - 1] ?? 0;
  const at = placeOf(runName, known, last) ?? {
    run: runName,
    tag: tagName,
    step: last,
    version: "",
  };
  return api.pair(at, stack, index, found.key, leftOut, signal, partly);
}
