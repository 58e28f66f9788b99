/** Beside the text: what is chosen, a search, and room for long texts. */

import type { JSX } from "preact";
import { countText } from "../../format";
import { key, keySequence, query, querySequence } from "../../state/selection";
import { tokenLabel } from "../../state/tokens";
import type { Sequence } from "../../types";
import { FIND, findWord, hitBy, letGo, pointAway, pressHit } from "./actions";
import { find, hitNow, hits, open, strips } from "./state";

export function StripTools(): JSX.Element {
  return (
    <div class="strip-tools">
      <Chosen side="query" sequence={querySequence.value} at={query.value} />
      <Chosen side="key" sequence={keySequence.value} at={key.value} />
      <Find />
      <Open />
    </div>
  );
}

interface ChosenProps {
  readonly side: "query" | "key";
  readonly sequence: Sequence | null;
  readonly at: number | null;
}

/** The word that is chosen, also where it is out of sight. */
function Chosen({ side, sequence, at }: ChosenProps): JSX.Element | null {
  if (at === null || sequence === null) return null;
  const { label, named, full } = tokenLabel(sequence, at, 14);
  const name = (named ?? label).replace(/^·+(?=.)/u, "");
  return (
    <button
      type="button"
      class={`strip-chosen ${side}`}
      title={`${side} ${at}: ${full}\nclick: unpin (Esc: both)`}
      data-testid={`strip-chosen-${side}`}
      onClick={() => letGo(side)}
    >
      <i />
      {side} <bdi>{name}</bdi>
      <span aria-hidden="true">×</span>
      <span class="for-readers">, unpin</span>
    </button>
  );
}

function Find(): JSX.Element {
  const count = hits.value.length;
  return (
    <search class="strip-find">
      <input
        class="control"
        type="search"
        placeholder="find a token"
        aria-label="Find a token"
        title="Words of the text, or #37 for token 37 (/). Arrow keys: next, previous. Enter: the query; with Shift: the key"
        data-testid={FIND}
        value={find.value}
        onInput={({ currentTarget }) => findWord(currentTarget.value)}
        onKeyDown={press}
        onBlur={pointAway}
      />
      {find.value.trim() !== "" && (
        <span class="note" role="status" data-testid="strip-hits">
          {count === 0 ? "none" : `${countText(hitNow.value + 1)} of ${countText(count)}`}
        </span>
      )}
    </search>
  );
}

function press(event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void {
  if (event.key === "ArrowDown") hitBy(1);
  else if (event.key === "ArrowUp") hitBy(-1);
  else if (event.key === "Enter") pressHit(event.shiftKey ? "key" : "query");
  else if (event.key === "Escape") {
    findWord("");
    event.currentTarget.blur();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Only where there is more than is seen. */
function Open(): JSX.Element | null {
  const all = strips.value;
  const long = all.some(({ boxes, view }) => boxes.value.whole.width > view.value.width + 1);
  const pictures = all.some(({ grid }) => grid.value !== null);
  if (!open.value && !long && !pictures) return null;
  const tokens = Math.max(...all.map(({ labels }) => labels.value.length));
  return (
    <button
      type="button"
      class="button strip-open"
      aria-expanded={open.value}
      title={open.value ? "Less room for the text" : "More room for the text"}
      data-testid="strip-open"
      onClick={() => {
        open.value = !open.peek();
      }}
    >
      {open.value ? "less" : pictures ? "larger" : `all ${countText(tokens)}`}{" "}
      <span aria-hidden="true">▾</span>
    </button>
  );
}
