/** Below the text, in views that do not say it themselves: the heads that link the two words. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { countText, exactText } from "../../format";
import { numberName } from "../../state/arriving";
import { askedPair } from "../../state/histories";
import { type PairRow, sortPairRows } from "../../state/pair";
import { hasPair, pairHeads, showPairHeads } from "../../state/pair_heads";
import { focusHead, head, layer, view } from "../../state/selection";
import { ChosenWord } from "../../ui/ChosenWord";
import { headName } from "../../ui/metric_words";
import { VIEWS } from "../../views";

const LISTED = 5;

/** Whether it is said here. */
export const answersHere = computed(
  () => hasPair.value && !VIEWS[view.value].histories.includes("pair"),
);

export function PairAnswer(): JSX.Element | null {
  if (!answersHere.value) return null;
  // By the number that stands there, also where the list of the overview has another order.
  const all = sortPairRows(pairHeads.value, "a");
  const { problem, value } = askedPair.value;
  return (
    <p class="strip-answer" data-testid="strip-answer">
      <span class="note">
        <ChosenWord side="query" /> → <ChosenWord side="key" />, {numberName.value}
      </span>
      {all.length === 0 && (
        <span class="note">
          {problem ?? (value?.done ? "no head sees it" : "asking all heads …")}
        </span>
      )}
      {all.slice(0, LISTED).map((row) => (
        <Answer key={headName(row)} row={row} />
      ))}
      {all.length > 0 && (
        <button type="button" class="link" data-testid="strip-answer-all" onClick={showPairHeads}>
          all {countText(all.length)} heads
        </button>
      )}
    </p>
  );
}

function Answer({ row }: { readonly row: PairRow }): JSX.Element {
  const isShown = row.layer === layer.value && row.head === head.value;
  return (
    <button
      type="button"
      class="quiet strip-head"
      aria-pressed={isShown}
      title={`Go to layer ${row.layer} head ${row.head}`}
      onClick={() => focusHead(row.layer, row.head)}
    >
      {headName(row)} <b>{exactText(row.weight)}</b>
    </button>
  );
}
