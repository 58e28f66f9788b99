/** Above every view: the step, its buttons, one tick a logged step, and what it is compared with. */

import type { JSX } from "preact";
import { countText, timeText } from "../format";
import { step, steps, tagNow } from "../state/selection";
import { useTurn } from "../ui/Afterwards";
import { CompareMenu } from "./CompareMenu";
import { CompareModes } from "./CompareModes";
import { StepButtons } from "./StepButtons";
import { StepTrack } from "./StepTrack";

export function StepBar(): JSX.Element {
  // The first time that is written in words costs as much as a drawing.
  const built = useTurn();
  const index = steps.value.indexOf(step.value);
  const alone = steps.value.length < 2;
  const last = steps.value[steps.value.length - 1] ?? step.value;
  return (
    <section class="step-bar" aria-label="Step and comparison">
      <span class="step-now" title={built ? wordsOf(index) : ""}>
        <b data-testid="step-now">{countText(step.value)}</b>
        <span class="note">
          {steps.value.length === 1 ? " the only step" : ` of ${countText(last)}`}
        </span>
      </span>
      {!alone && (
        <>
          <StepButtons />
          <StepTrack />
        </>
      )}
      <CompareModes />
      <CompareMenu />
    </section>
  );
}

function wordsOf(index: number): string {
  const time = tagNow.value?.wall_times[index];
  const place = `logged step ${countText(index + 1)} of ${countText(steps.value.length)}`;
  return time === undefined ? place : `${place}, ${timeText(time)}`;
}
