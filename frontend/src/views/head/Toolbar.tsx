/** Above the drawing: what is shown, which drawing of it, mean or single heads. */

import type { JSX } from "preact";
import { comparesItself, differenceName, SAME_STEP, withName } from "../../state/compare";
import { weights } from "../../state/data";
import { drawing } from "../../state/selection";
import { mean } from "../../state/show";
import { Segments } from "../../ui/Segments";
import { DRAWING_OPTIONS, drawingNow } from "./drawings";
import { HeadChips } from "./HeadChips";
import { HeadMark } from "./HeadMark";
import { capital, titleText } from "./notes";
import { changes, colours, compares, differs, markOf, series, shownHeads } from "./state";
import { WhichHeads } from "./WhichHeads";

/** More heads than these are only counted. */
const MOST_MARKS = 16;

export function Toolbar(): JSX.Element {
  return (
    <header class="head-toolbar">
      <div class="head-heading">
        <Title />
        <div class="note head-reading">
          {/* Of one head what is known of it; else how to read the drawing. */}
          {shownHeads.value.length === 1 ? <HeadChips /> : drawingNow().reading}
        </div>
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
