/**
 * The text of the probe above every view: a word is the query, a second one the key; the pointer
 * shows what a click would choose.
 */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { capture } from "../../state/data";
import { key, query } from "../../state/selection";
import { revealChosen } from "./actions";
import { answersHere, PairAnswer } from "./PairAnswer";
import { StripText } from "./StripText";
import { StripTools } from "./StripTools";
import { open, strips } from "./state";

export function TextStrip(): JSX.Element {
  useRevealed();
  // Its room is kept, so that the view does not jump when the text is there.
  if (capture.value === null)
    return <div class={`text-strip ${answersHere.value ? "answers" : ""}`} />;
  return (
    <section class={`text-strip ${open.value ? "open" : ""}`} aria-label="Text" data-testid="strip">
      <div class="strip-rows">
        {strips.value.map((strip) => (
          <StripText key={strip.side} strip={strip} />
        ))}
      </div>
      <StripTools />
      <PairAnswer />
    </section>
  );
}

/** What is chosen elsewhere, as in a drawing or by a link, scrolls into sight. */
function useRevealed(): void {
  const [asQuery, asKey, opened] = [query.value, key.value, open.value];
  const there = strips.value.every(({ view }) => view.value.width > 0);
  useEffect(revealChosen, [asQuery, asKey, opened, there]);
}
