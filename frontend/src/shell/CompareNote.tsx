/** What the comparison is with, and which tokens differ. */

import type { JSX } from "preact";
import { type Compared, otherQuerySequence, withName } from "../state/compare";
import { querySequence } from "../state/selection";
import { displayToken } from "../state/tokens";

/** So many differing tokens are named. */
const NAMED = 4;
/** Characters of a token that the note has room for. */
const TOKEN_LENGTH = 14;

interface CompareNoteProps {
  /** Without a problem: that stands above the view. */
  readonly compared: Compared;
  /** A is compared with itself. */
  readonly itself: boolean;
}

export function CompareNote({ compared, itself }: CompareNoteProps): JSX.Element {
  const differ = compared.queriesDiffer;
  return (
    <p class="note" role="status" data-testid="compare-note">
      {itself
        ? "This is the step that is shown: choose another one."
        : `A is what is shown, B is ${withName.value}.`}
      {differ.length > 0 && (
        <>
          {` ${differ.length} of ${querySequence.value?.tokens.length ?? 0} tokens differ: `}
          {differ.slice(0, NAMED).map((each, index) => (
            <span key={each}>
              {index > 0 && ", "}
              <Token text={querySequence.value?.tokens[each]} /> /{" "}
              <Token text={otherQuerySequence.value?.tokens[each]} />
            </span>
          ))}
          {differ.length > NAMED && " …"}
        </>
      )}
    </p>
  );
}

function Token({ text }: { readonly text: string | undefined }): JSX.Element {
  const { label, full } = displayToken(text ?? "", TOKEN_LENGTH);
  return (
    <b title={full}>
      <bdi>{label}</bdi>
    </b>
  );
}
