/** The one token that is left out, and how another one takes its place. */

import type { JSX } from "preact";
import { keySequence } from "../state/selection";
import { token } from "../state/show";
import { chosenKey } from "../state/token_pair";
import { displayToken, tokenTexts } from "../state/tokens";

/** One token of the text: the word that is chosen there when it was said so. */
export function OneToken({ place }: { readonly place: number }): JSX.Element {
  const sequence = keySequence.value;
  const wanted = chosenKey.value;
  const name = (at: number): JSX.Element => (
    <bdi>{sequence ? displayToken(tokenTexts(sequence)[at] ?? "", 18).label : at}</bdi>
  );
  return (
    <p class="note" data-testid="token-position">
      token {place} {name(place)}
      {wanted === null && ": click a word of the text to take another"}
      {wanted !== null && wanted !== place && (
        <>
          {" "}
          <button
            type="button"
            class="link"
            data-testid="token-take"
            onClick={() => {
              token.value = wanted;
            }}
          >
            take {wanted} {name(wanted)}
          </button>
        </>
      )}
    </p>
  );
}
