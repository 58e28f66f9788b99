/** Above the view: that another step is shown than was asked for, or that nothing can be compared. */

import type { JSX } from "preact";
import { countText } from "../format";
import { wantedStep } from "../state/chosen";
import { compared, compareMode } from "../state/compare";
import { isLinked } from "../state/missing";
import { step, tagNow } from "../state/selection";
import { Icon } from "../ui/Icon";

export function StepBanner(): JSX.Element | null {
  const wanted = wantedStep.value;
  // What a link asks for is said with the rest of what it asks for.
  if (isLinked("step")) return null;
  if (wanted === null || !tagNow.value || wanted === step.value) return null;
  return (
    <div class="banner" role="status" data-testid="step-note">
      <Icon name="warning" />
      <span>
        Step {countText(wanted)} was not logged here; step {countText(step.value)} is the nearest.
      </span>
    </div>
  );
}

export function CompareBanner(): JSX.Element | null {
  const said = compared.value?.problem ?? null;
  if (said === null) return null;
  return (
    <div class="banner" role="status" data-testid="compare-problem">
      <Icon name="warning" />
      <span>Nothing to compare: {said}</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          compareMode.value = "off";
        }}
      >
        Compare with nothing
      </button>
    </div>
  );
}
