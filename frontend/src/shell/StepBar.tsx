/** STEP: one tick per logged step, a knob to drag, buttons and the number. */

import { useComputed } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useCallback } from "preact/hooks";
import { Canvas } from "../draw/Canvas";
import { palette } from "../draw/palette";
import { countText, timeText } from "../format";
import { run, tag, wantedStep } from "../state/chosen";
import { compareWith, withPlace } from "../state/compare";
import { theme } from "../state/host";
import { playing, togglePlay } from "../state/play";
import { chooseStep, followSteps, step, stepBy, steps, tagNow } from "../state/selection";
import { Icon, type IconName } from "../ui/Icon";
import { Section } from "../ui/Section";
import { drawnTicks, indexAt, tickX } from "./step_geometry";

export function StepBar(): JSX.Element {
  const index = useComputed(() => steps.value.indexOf(step.value));
  const last = steps.value.length - 1;
  return (
    <Section title="Step" aside={<Follow />}>
      <Track />
      <div class="line step-line">
        <span class="step-now" title={timeOf(index.value)}>
          <b data-testid="step-now">{countText(step.value)}</b>
          <span class="note">
            {countText(index.value + 1)} of {countText(steps.value.length)}
          </span>
        </span>
        <span class="buttons">
          <StepButton
            name="first"
            label="First step"
            off={index.value <= 0}
            press={() => chooseStep(steps.value[0] ?? 0)}
          />
          <StepButton
            name="previous"
            label="Previous step (left arrow)"
            off={index.value <= 0}
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
            off={index.value >= last}
            press={() => stepBy(1)}
          />
          <StepButton
            name="last"
            label="Newest step, also when a newer one is logged"
            off={wantedStep.value === null && index.value >= last}
            press={followSteps}
          />
        </span>
      </div>
      <StepNote />
    </Section>
  );
}

/** On: a step that is logged while one looks is shown at once. Off: nothing moves. */
function Follow(): JSX.Element {
  const follows = wantedStep.value === null;
  return (
    <button
      type="button"
      class="quiet step-follow"
      aria-pressed={follows}
      title={
        follows
          ? "The newest step is shown when it is logged. Click: stay at this one"
          : "Click: show each new step when it is logged"
      }
      data-testid="step-follow"
      onClick={() => {
        if (follows) chooseStep(step.peek());
        else followSteps();
      }}
    >
      {follows ? "following the newest" : "follow the newest"}
    </button>
  );
}

/** Says when another step is shown than was asked for. */
function StepNote(): JSX.Element | null {
  const wanted = wantedStep.value;
  if (wanted === null || !tagNow.value || wanted === step.value) return null;
  return (
    <p class="note" role="status" data-testid="step-note">
      Step {countText(wanted)} was not logged here; step {countText(step.value)} is the nearest.
    </p>
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

function Track(): JSX.Element {
  const draw = useCallback(drawTrack, []);
  const at = steps.value.indexOf(step.value);
  const choose = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const wanted =
      steps.value[indexAt(event.clientX - bounds.left, steps.value.length, bounds.width)];
    if (wanted !== undefined && event.shiftKey)
      compareWith({ run: run.value, tag: tag.value, step: wanted });
    else if (wanted !== undefined && wanted !== step.value) chooseStep(wanted);
  };
  return (
    <div
      class="step-track"
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, steps.value.length - 1)}
      aria-valuenow={at}
      aria-valuetext={`step ${countText(step.value)}`}
      data-testid="step-track"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        playing.value = false;
        choose(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) choose(event);
      }}
      onKeyDown={(event) => {
        const ends: Record<string, number | undefined> = {
          Home: steps.value[0],
          End: steps.value[steps.value.length - 1],
        };
        const wanted = ends[event.key];
        if (wanted === undefined) return;
        chooseStep(wanted);
        event.preventDefault();
      }}
    >
      <Canvas draw={draw} label="Logged steps" />
    </div>
  );
}

function drawTrack(context: CanvasRenderingContext2D, width: number, height: number): void {
  const colours = palette(theme.value);
  const count = steps.value.length;
  const middle = Math.round(height / 2);
  context.fillStyle = colours.border;
  context.fillRect(tickX(0, 2, width), middle - 1, tickX(1, 2, width) - tickX(0, 2, width), 2);
  context.fillStyle = colours.muted;
  context.globalAlpha = 0.7;
  for (const index of drawnTicks(count, width))
    context.fillRect(Math.round(tickX(index, count, width)), middle - 4, 1, 8);
  context.globalAlpha = 1;
  const other = comparedIndex();
  if (other >= 0) knob(context, tickX(other, count, width), middle, colours.panel, colours.accent);
  const at = steps.value.indexOf(step.value);
  if (at >= 0) knob(context, tickX(at, count, width), middle, colours.accent, colours.panel);
}

/** The tick of B where it is a step of the same probe; -1 where it is not. */
function comparedIndex(): number {
  const place = withPlace.value;
  return place?.run === run.value && place.tag === tag.value ? steps.value.indexOf(place.step) : -1;
}

function knob(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  fill: string,
  stroke: string,
): void {
  context.beginPath();
  context.arc(Math.round(x) + 0.5, y, 6, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

function timeOf(index: number): string {
  const time = tagNow.value?.wall_times[index];
  return time === undefined ? "" : `logged ${timeText(time)}`;
}
