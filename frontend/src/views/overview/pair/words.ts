/** Where the pair stands, and what its numbers are made of, in sentences. */

import { countText, fixedText } from "../../../format";
import { compared, comparing } from "../../../state/compare";
import type { PairRow } from "../../../state/pair";
import { moreSentences, pairSentences } from "../../../state/pair_heads";
import { joinBy, type Sentence } from "../../../state/pair_sentences";
import { shownCapture } from "../../../state/scope";
import { key, query, stackNow } from "../../../state/selection";
import { sightNow } from "../../../state/token_pair";
import { displayToken, tokenTexts } from "../../../state/tokens";
import type { Capture } from "../../../types";

/** "A: She → doctor, step 300; B: He → doctor, step 300"; of several sentences with their places. */
export function comparedText(): string {
  const more = moreSentences.value;
  const [a, b] = [shownCapture.value, comparing.value ? (compared.value?.capture ?? null) : null];
  const ofA = [pairText(a), ...more.map(({ sentence }) => placeText(sentence))];
  const ofB = [
    pairText(b),
    ...more.flatMap(({ partner }) => (partner ? [placeText(partner)] : [])),
  ];
  return b === null ? `A: ${ofA.join(", ")}` : `A: ${ofA.join(", ")}; B: ${ofB.join(", ")}`;
}

/** "She → doctor, step 300" */
function pairText(capture: Capture | null): string {
  const stack = capture?.stacks.find((each) => each.name === stackNow.value?.name);
  if (!capture || !stack) return "not known";
  const [i, j] = [(query.value ?? -1) + sightNow.value.start, key.value ?? -1];
  const from = tokenTexts(capture.sequences[stack.query_sequence] ?? null)[i] ?? `query ${i}`;
  const to = tokenTexts(capture.sequences[stack.key_sequence] ?? null)[j] ?? `key ${j}`;
  return `${wordText(from)} (${i}) → ${wordText(to)} (${j}), step ${countText(capture.step)}`;
}

function wordText(token: string): string {
  return displayToken(token, 18).label.replace(/^·+(?=.)/u, "");
}

/** "nurse-she (8 → 1)" */
export function placeText({ tag: name, found }: Sentence): string {
  return `${name} (${found.query} → ${found.key})`;
}

/** What a chip of a sentence does, and which of several tokens it means. */
export function sentenceTip(sentence: Sentence, partner: Sentence | null): string {
  const { found } = sentence;
  const last = [
    ...(found.queries > 1 ? [`the last of ${found.queries} such queries that sees the key`] : []),
    ...(found.keys > 1 ? [`the last of ${found.keys} such keys that the query sees`] : []),
  ];
  return [
    `The same two words in ${sentence.tag}: query ${found.query}, key ${found.key}`,
    ...last,
    ...(partner ? [`compared with ${placeText(partner)}`] : []),
  ].join("; ");
}

/** What one number of several sentences is. */
export function joinedText(): string {
  const count = moreSentences.value.length + 1;
  if (count === 1) return "";
  return joinBy.value === "mean" ? `Mean of ${count} sentences.` : `Least of ${count} sentences.`;
}

export function joinedTip(): string | undefined {
  if (moreSentences.value.length === 0 || joinBy.value === "mean") return undefined;
  return "What all sentences have at least: the smallest of their numbers, 0 where differences have other signs";
}

/** The numbers of a head in each sentence; empty where there is one. */
export function rowTip(row: PairRow): string {
  if (row.each.length < 2) return "";
  const names = pairSentences.value.map(({ place }) => place.tag);
  return row.each
    .map(({ weight, other, difference }, at) => {
      const own = `${names[at] ?? ""}: ${fixedText(weight, 3)}`;
      if (Number.isNaN(other)) return own;
      const sign = difference > 0 ? "+" : "";
      return `${own} less ${fixedText(other, 3)} = ${sign}${fixedText(difference, 3)}`;
    })
    .join("\n");
}
