/**
 * The status bar: exact numbers of what is under the pointer, or of what is pinned; and what could
 * not be read.
 */

import type { JSX } from "preact";
import { countText, effectText, exactText, scoreText } from "../format";
import { numberName } from "../state/arriving";
import { loading, row, weights } from "../state/data";
import { type Hover, hover } from "../state/hover";
import { showsOwnWeights } from "../state/plan";
import {
  head,
  heads,
  key,
  keySequence,
  layer,
  query,
  querySequence,
  step,
  view,
} from "../state/selection";
import { said } from "../state/token_pair";
import { tokenLabel } from "../state/tokens";
import type { Sequence } from "../types";
import { VIEWS } from "../views";
import { CheckedNote } from "./CheckedNote";
import { scoreAt, weightAt } from "./facts";
import { Problems } from "./Problems";

/** Characters of a token that the bar has room for. */
const TOKEN_LENGTH = 18;

export function StatusBar(): JSX.Element {
  const at = hover.value ?? pinned();
  const loaded = { weights: weights.value, row: row.value };
  const weight = weightAt(at, loaded);
  const score = scoreAt(at, loaded);
  const loss = at.query === null ? undefined : querySequence.value?.losses[at.query];
  return (
    <footer class="status">
      <div class="facts">
        <Said />
        <Fact name="step" value={countText(step.value)} testId="status-step" />
        <span>
          layer <b data-testid="status-layer">{at.layer}</b>
          {at.head !== null && (
            <>
              {" "}
              head <b data-testid="status-head">{at.head}</b>
            </>
          )}
        </span>
        {said.value === "" && <Pair query={at.query} keyToken={at.key} />}
        {weight !== null && (
          <Fact
            name={at.changed ? numberName.value : "weight"}
            value={exactText(weight)}
            testId="status-weight"
          />
        )}
        {score !== null && <Fact name="score" value={scoreText(score)} testId="status-score" />}
        {loss !== undefined && !Number.isNaN(loss) && (
          <Fact name="loss" value={effectText(loss)} testId="status-loss" />
        )}
        {at.text !== undefined && (
          <span class="fact-text" data-testid="status-text">
            {at.text}
          </span>
        )}
      </div>
      <CheckedNote layer={at.layer} />
      <Problems />
      <span
        class={`busy ${loading.value ? "on" : ""}`}
        role="status"
        aria-label={loading.value ? "Loading" : ""}
      />
    </footer>
  );
}

/** Why a choice became another one; while nothing is chosen, how to choose. */
function Said(): JSX.Element {
  const nothing = hover.value === null && query.value === null && key.value === null;
  return (
    <span class="said" role="status" data-testid="status-said">
      {said.value !== ""
        ? said.value
        : nothing && "click a word: query · a second word: key · / finds"}
    </span>
  );
}

/** Without a pointer: the pinned pair in the head that is meant. */
function pinned(): Hover {
  const several = VIEWS[view.value].shows === "heads";
  const only = several ? (heads.value.length === 1 ? (heads.value[0] ?? null) : null) : head.value;
  // A view of several heads says the number itself where that is not the model's own.
  const changed = several && !showsOwnWeights.value;
  return { layer: layer.value, head: only, query: query.value, key: key.value, changed };
}

function Fact({
  name,
  value,
  testId,
}: {
  readonly name: string;
  readonly value: string;
  readonly testId: string;
}): JSX.Element {
  return (
    <span>
      {name} <b data-testid={testId}>{value}</b>
    </span>
  );
}

function Pair({
  query: i,
  keyToken: j,
}: {
  readonly query: number | null;
  readonly keyToken: number | null;
}): JSX.Element | null {
  if (i === null && j === null) return null;
  return (
    <span class="pair" data-testid="status-pair">
      {i !== null && (
        <>
          query <b>{i}</b> <TokenText sequence={querySequence.value} index={i} />
        </>
      )}
      {j !== null && (
        <>
          {" → "}key <b>{j}</b> <TokenText sequence={keySequence.value} index={j} />
        </>
      )}
    </span>
  );
}

function TokenText({
  sequence,
  index,
}: {
  readonly sequence: Sequence | null;
  readonly index: number;
}): JSX.Element | null {
  if (sequence === null) return null;
  const { label, named, full } = tokenLabel(sequence, index, TOKEN_LENGTH);
  return (
    <b class="token" title={full}>
      <bdi>{named ?? label}</bdi>
    </b>
  );
}
