/** The step to compare with: one that moves with the chosen step, or a fixed one. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { countText } from "../format";
import { type WithStep, withStep, withTagOf } from "../state/compare";
import { nearest } from "../state/nearest";
import { compareWithStep } from "./compare_choices";

const MOVING: readonly { readonly name: WithStep; readonly label: string }[] = [
  { name: "first", label: "first step" },
  { name: "previous", label: "the step before" },
  { name: "same", label: "the same step" },
];

export function CompareStep(): JSX.Element {
  const steps = withTagOf.value?.steps;
  // A thousand options are made once, not for every step that A goes to.
  const options = useMemo(
    () =>
      (steps ?? []).map((each) => (
        <option key={each} value={each}>
          step {countText(each)}
        </option>
      )),
    [steps],
  );
  const wanted = withStep.value;
  const value = typeof wanted === "number" && steps ? nearest(steps, wanted) : wanted;
  return (
    <label class="line">
      <span>step</span>
      <select
        class="control"
        aria-label="Step to compare with"
        title="Shift and a click on the step bar choose it too"
        data-testid="with-step"
        value={value}
        onChange={(event) => {
          const moving = MOVING.find((each) => each.name === event.currentTarget.value);
          compareWithStep(moving ? moving.name : Number(event.currentTarget.value));
        }}
      >
        {MOVING.map(({ name, label }) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
        {options}
      </select>
    </label>
  );
}
