/** Which other probes have the same two words, to look at them in several sentences at once. */

import type { JSX } from "preact";
import { comparing } from "../../../state/compare";
import { moreSentences } from "../../../state/pair_heads";
import { askedSentences, joinBy, offered, toggleSentence } from "../../../state/pair_sentences";
import { tag } from "../../../state/selection";
import type { JoinBy } from "../../../state/sentences";
import type { Option } from "../../../ui/choice";
import { Segments } from "../../../ui/Segments";
import { placeText, sentenceTip } from "./words";

const JOINS: readonly Option<JoinBy>[] = [
  {
    value: "least",
    label: "least",
    hint: "what all sentences have at least; 0 where their differences have other signs",
  },
  { value: "mean", label: "mean", hint: "the mean over the sentences" },
];

export function Sentences(): JSX.Element | null {
  const { problem } = askedSentences.value;
  if (problem !== null) return <p class="note">{problem}</p>;
  if (offered.value.length === 0) return null;
  return (
    <div class="overview-sentences" data-testid="pair-sentences">
      <span class="note">in</span>
      <span class="chip" data-testid="pair-own">
        {tag.value}
      </span>
      {offered.value.map(({ sentence, partner, chosen }) => {
        const alone = comparing.value && partner === null;
        return (
          <button
            key={sentence.tag}
            type="button"
            class="chip"
            aria-pressed={chosen}
            disabled={alone && !chosen}
            title={
              alone
                ? "No sentence of B that is as long has the words of B"
                : sentenceTip(sentence, partner)
            }
            data-testid={`pair-in-${sentence.tag}`}
            onClick={() => toggleSentence(sentence.tag)}
          >
            {placeText(sentence)}
          </button>
        );
      })}
      {moreSentences.value.length > 0 && (
        <Segments
          label="One number of several sentences"
          id="pair-join"
          options={JOINS}
          of={joinBy}
          class="small"
        />
      )}
    </div>
  );
}
