/** Above the drawing: what is shown, which drawing of it, mean or single heads. */

import type { JSX } from "preact";
import { comparesItself, differenceName, SAME_STEP, withName } from "../../state/compare";
import { weights } from "../../state/data";
import { drawing } from "../../state/selection";
import { mean } from "../../state/show";
import { inWords } from "../../state/tokens";
import { Segments } from "../../ui/Segments";
import { DRAWING_OPTIONS, drawingNow } from "./drawings";
import { pinned } from "./focus";
import { HeadChips } from "./HeadChips";
import { HeadMark } from "./HeadMark";
import { capital, titleText } from "./notes";
import { labelOf, positionOf, type Side } from "./rows";
import { changes, colours, compares, differs, markOf, series, shownHeads } from "./state";
import { WhichHeads } from "./WhichHeads";

/** More heads than these are only counted. */
const MOST_MARKS = 16;

export function Toolbar(): JSX.Element {
  return (
    <header class="head-toolbar">
      <div class="head-heading">
        <Title />
        <p class="note head-pins">
          {pinsText()} {isPinned() && <span data-export="off">Esc unpins.</span>}
        </p>
        {compares.value && (
          <p class="note" data-testid="head-compared">
            {comparedText()}
          </p>
        )}
        {changes.value !== "" && (
          <p class="head-changes" data-testid="head-changes">
            Not as the model has them: {changes.value}.
          </p>
        )}
      </div>
      <div class="head-tools">
        <WhichHeads />
        <Segments label="Drawing" id="drawing" options={DRAWING_OPTIONS} of={drawing} apart />
      </div>
      <Says />
    </header>
  );
}

function Says(): JSX.Element | null {
  const Own = drawingNow().says;
  return Own && <Own />;
}

/** The heads are named on their colours: the legend of the drawing. */
function Title(): JSX.Element {
  const marks =
    series.value.length <= MOST_MARKS && !drawingNow().namesHeads && !differs.value
      ? series.value
      : [];
  return (
    <h3 class="head-title" data-testid="head-title">
      {titleText(weights.value?.layer ?? 0, shownHeads.value, mean.value, marks.length > 0)}
      {marks.map(({ name }, place) => (
        <HeadMark key={name} colour={colours.value[place] ?? "#888888"} text={markOf(place)} />
      ))}
      <HeadChips />
    </h3>
  );
}

/** What B is, where something is compared. */
function comparedText(): string {
  if (!compares.value) return "";
  if (comparesItself.value) return `${SAME_STEP}.`;
  return differs.value
    ? `${capital(differenceName.value)}: blue is less, red is more.`
    : `Beside it ${withName.value}, paler, marked B.`;
}

function isPinned(): boolean {
  return pinned.value.query !== null || pinned.value.key !== null;
}

function pinsText(): string {
  const { query, key } = pinned.value;
  const name = (side: Side, at: number): string =>
    `${inWords(labelOf(side, at))} (${positionOf(side, at)})`;
  if (query !== null && key !== null)
    return `Pinned: ${name("query", query)} → ${name("key", key)}.`;
  if (query !== null) return `Pinned query: ${name("query", query)}.`;
  if (key !== null) return `Pinned key: ${name("key", key)}.`;
  return drawingNow().reading;
}
