/** The buttons of the step bar: from step to step, play and its speed, and the newest step. */

import type { JSX } from "preact";
import { wantedStep } from "../state/chosen";
import { playing, SPEEDS, speed, togglePlay } from "../state/play";
import { chooseStep, followSteps, step, stepBy, steps } from "../state/selection";
import { Icon, type IconName } from "../ui/Icon";

export function StepButtons(): JSX.Element {
  const index = steps.value.indexOf(step.value);
  const last = steps.value.length - 1;
  return (
    <span class="step-buttons">
      <StepButton
        name="first"
        label="First step"
        off={index <= 0}
        press={() => chooseStep(steps.value[0] ?? 0)}
      />
      <StepButton
        name="previous"
        label="Previous step (left arrow)"
        off={index <= 0}
        press={() => stepBy(-1)}
      />
      <StepButton
        name={playing.value ? "pause" : "play"}
        label={playing.value ? "Stop (p)" : "Play (p)"}
        off={last < 1}
        press={togglePlay}
        testId="step-play"
      />
      <StepButton
        name="next"
        label="Next step (right arrow)"
        off={index >= last}
        press={() => stepBy(1)}
      />
      <Follow />
      {last > 0 && <Speed />}
    </span>
  );
}

/** On: a step that is logged while one looks is shown at once. Off: nothing moves. */
function Follow(): JSX.Element {
  const follows = wantedStep.value === null;
  const label = follows
    ? "The newest step is shown when it is logged. Click: stay at this one"
    : "Newest step, and each newer one when it is logged";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Follow the newest step"
      aria-pressed={follows}
      title={label}
      data-testid="step-follow"
      onClick={() => {
        if (follows) chooseStep(step.peek());
        else followSteps();
      }}
    >
      <Icon name="last" />
    </button>
  );
}

function Speed(): JSX.Element {
  return (
    <select
      class="control play-speed"
      aria-label="Speed of play"
      title="How fast the steps play"
      data-testid="play-speed"
      value={String(speed.value)}
      onChange={(event) => {
        speed.value = Number(event.currentTarget.value);
      }}
    >
      {SPEEDS.map((each) => (
        <option key={each} value={each}>
          {each}×
        </option>
      ))}
    </select>
  );
}

interface StepButtonProps {
  readonly name: IconName;
  readonly label: string;
  readonly off: boolean;
  readonly press: () => void;
  readonly testId?: string;
}

function StepButton({ name, label, off, press, testId }: StepButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={off}
      data-testid={testId ?? `step-${name}`}
      onClick={press}
    >
      <Icon name={name} />
    </button>
  );
}
