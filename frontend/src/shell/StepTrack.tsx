/** The axis of the step bar: a tick a logged step, the step under the pointer, handles of A and B. */

import { signal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useCallback, useLayoutEffect, useRef } from "preact/hooks";
import { Canvas } from "../draw/Canvas";
import { palette } from "../draw/palette";
import { followSize } from "../draw/size";
import { countText, timeText } from "../format";
import { withPlace, withTagOf } from "../state/compare";
import { theme } from "../state/host";
import { nearest } from "../state/nearest";
import { playing } from "../state/play";
import { chooseStep, step, steps, tagNow } from "../state/selection";
import { Tip } from "../ui/Tip";
import { compareWithStep } from "./compare_choices";
import { drawnTicks, indexAt, labelsApart, placeOfStep, stepAt, tickX } from "./step_geometry";

type Handle = "a" | "b";

/** Width of the axis, in CSS pixels. */
const trackWidth = signal(0);
/** The tick under the pointer. */
const pointedTick = signal<number | null>(null);

export function StepTrack(): JSX.Element {
  const draw = useCallback(drawTrack, []);
  const mark = useCallback(drawMarks, []);
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<Handle>("a");
  // Before the page is painted, so that the handles are where they belong from the first.
  useLayoutEffect(() => {
    const track = box.current;
    if (!track) return undefined;
    return followSize(track, () => {
      trackWidth.value = track.clientWidth;
    });
  }, []);
  const move = (event: TargetedPointerEvent<HTMLElement>): void => {
    const x = xOf(event);
    if (held.current === "b") moveB(x);
    else moveA(x);
  };
  return (
    <div
      ref={box}
      class="step-track"
      data-testid="step-track"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        playing.value = false;
        held.current = event.shiftKey ? "b" : handleUnder(event.target);
        if (held.current === "a" || event.shiftKey) move(event);
      }}
      onPointerMove={(event) => {
        pointedTick.value = indexAt(xOf(event), steps.value.length, trackWidth.value);
        if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event);
      }}
      onPointerLeave={() => {
        pointedTick.value = null;
      }}
    >
      <Canvas draw={draw} overlay={mark} label="Logged steps" />
      <Handles />
      <Pointed />
    </div>
  );
}

function xOf(event: TargetedPointerEvent<HTMLElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left;
}

function handleUnder(target: EventTarget | null): Handle {
  return target instanceof Element && target.closest("[data-handle=b]") ? "b" : "a";
}

function moveA(x: number): void {
  const wanted = steps.value[indexAt(x, steps.value.length, trackWidth.value)];
  if (wanted !== undefined && wanted !== step.value) chooseStep(wanted);
}

/** B may be a step of another run, whose steps lie elsewhere on the axis of A's. */
function moveB(x: number): void {
  const logged = withTagOf.value?.steps;
  if (!logged) return;
  const wanted = nearest(logged, stepAt(x, steps.value, trackWidth.value));
  if (wanted !== withPlace.value?.step) compareWithStep(wanted);
}

/** The step under the pointer, by its number and time. */
function Pointed(): JSX.Element | null {
  const index = pointedTick.value;
  const pointed = index === null ? undefined : steps.value[index];
  if (index === null || pointed === undefined) return null;
  const time = tagNow.value?.wall_times[index];
  const x = tickX(index, steps.value.length, trackWidth.value);
  return (
    <Tip
      style={{ left: `${x}px`, top: "100%", transform: "translate(-50%, 4px)" }}
      testId="step-pointed"
    >
      <span class="step-pointed">
        <b>step {countText(pointed)}</b>
        {time !== undefined && <span class="note"> {timeText(time)}</span>}
      </span>
    </Tip>
  );
}

function Handles(): JSX.Element {
  const count = steps.value.length;
  const other = withPlace.value;
  const comparing = other !== null;
  const textA = `${comparing ? "A " : ""}${countText(step.value)}`;
  const textB = other ? `B ${countText(other.step)}` : "";
  const at = steps.value.indexOf(step.value);
  const xA = tickX(at, count, trackWidth.value);
  const xB = other ? xOfStep(other.step) : 0;
  const [a, b] = comparing
    ? labelsApart([xA, xB], [labelWidth(textA), labelWidth(textB)], trackWidth.value)
    : [xA, 0];
  return (
    <>
      {other && (
        <HandleLabel
          handle="b"
          x={b}
          text={textB}
          name="Step to compare with"
          now={placeOfStep(withTagOf.value?.steps ?? [], other.step)}
          count={withTagOf.value?.steps.length ?? 0}
          title={`B, ${other.run}, step ${countText(other.step)}: drag it, or arrow keys`}
        />
      )}
      <HandleLabel
        handle="a"
        x={a}
        text={textA}
        name="Step"
        now={at}
        count={count}
        title={`${comparing ? "A, what" : "What"} is shown: drag it, or arrow keys`}
      />
    </>
  );
}

interface HandleLabelProps {
  readonly handle: Handle;
  readonly x: number;
  readonly text: string;
  readonly name: string;
  readonly now: number;
  readonly count: number;
  readonly title: string;
}

function HandleLabel(props: HandleLabelProps): JSX.Element {
  const { handle, x, text, name, now, count, title } = props;
  return (
    <div
      class={`step-handle ${handle}`}
      data-handle={handle}
      style={{ left: `${x}px` }}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={Math.max(0, now)}
      aria-valuetext={`step ${text.replace(/^[AB] /, "")}`}
      title={title}
      data-testid={`step-${handle}`}
      onKeyDown={handle === "a" ? keysOfA : keysOfB}
    >
      {text}
    </div>
  );
}

/** Left and right are the step everywhere; here only the ends. */
function keysOfA(event: TargetedKeyboardEvent<HTMLElement>): void {
  const ends: Record<string, number | undefined> = {
    Home: steps.value[0],
    End: steps.value[steps.value.length - 1],
  };
  const wanted = ends[event.key];
  if (wanted === undefined) return;
  chooseStep(wanted);
  event.preventDefault();
}

function keysOfB(event: TargetedKeyboardEvent<HTMLElement>): void {
  const logged = withTagOf.value?.steps ?? [];
  const at = logged.indexOf(withPlace.value?.step ?? 0);
  const places: Record<string, number | undefined> = {
    Home: 0,
    End: logged.length - 1,
    ArrowLeft: Math.max(0, at - 1),
    ArrowRight: Math.min(logged.length - 1, at + 1),
  };
  const wanted = logged[places[event.key] ?? -1];
  if (wanted === undefined) return;
  compareWithStep(wanted);
  // Handled here: the same key would otherwise move A.
  event.preventDefault();
  event.stopPropagation();
}

/** Width of a label of this many characters, as the style sheet makes it, in CSS pixels. */
function labelWidth(text: string): number {
  return 14 + 6.6 * text.length;
}

function xOfStep(of: number): number {
  return tickX(placeOfStep(steps.value, of), steps.value.length, trackWidth.value);
}

/** The line lies so high in the axis, below the labels. */
const LINE_Y = 25;

function drawTrack(context: CanvasRenderingContext2D, width: number): void {
  const colours = palette(theme.value);
  const count = steps.value.length;
  const ends = [tickX(0, 2, width), tickX(1, 2, width)] as const;
  context.fillStyle = colours.border;
  context.fillRect(ends[0], LINE_Y - 1, ends[1] - ends[0], 2);
  context.fillStyle = colours.muted;
  context.globalAlpha = 0.7;
  for (const index of drawnTicks(count, width))
    context.fillRect(Math.round(tickX(index, count, width)), LINE_Y - 4, 1, 8);
}

/** Where exactly A and B stand, also where their labels made room for each other. */
function drawMarks(context: CanvasRenderingContext2D, width: number): void {
  const colours = palette(theme.value);
  const count = steps.value.length;
  const other = withPlace.value;
  const stem = (x: number): void => context.fillRect(Math.round(x) - 1, LINE_Y - 7, 3, 12);
  context.fillStyle = colours.accent;
  if (other) {
    context.globalAlpha = 0.6;
    stem(tickX(placeOfStep(steps.value, other.step), count, width));
    context.globalAlpha = 1;
  }
  stem(tickX(steps.value.indexOf(step.value), count, width));
  if (pointedTick.value === null) return;
  context.fillStyle = colours.text;
  context.fillRect(Math.round(tickX(pointedTick.value, count, width)), LINE_Y - 6, 1, 11);
}
