/** Play: from step to step, each as soon as it is on the screen and has been looked at. */

import { effect, signal } from "@preact/signals";
import { busy } from "./data";
import { field } from "./field";
import { inAddress } from "./fields";
import { visible } from "./host";
import { chooseStep, step, stepBy, steps } from "./selection";

/** How long a step is shown at speed 1, in milliseconds. */
const PACE = 450;
/** How many times as fast as that it may be. */
export const SPEEDS: readonly number[] = [0.5, 1, 2, 4];

export const playing = signal(false);
export const speed = signal(1);
inAddress(
  "speed",
  field(speed, String, (text) => SPEEDS.find((each) => String(each) === text) ?? 1),
);

/** Starts, from the first step if the last one is shown; or stops. */
export function togglePlay(): void {
  const all = steps.peek();
  const [first, last] = [all[0], all[all.length - 1]];
  if (!playing.peek() && first !== undefined && step.peek() === last) chooseStep(first);
  playing.value = !playing.peek() && all.length > 1;
}

/** Moves on while playing. Returns what ends it. */
export function followPlay(): () => void {
  return effect(() => {
    if (!playing.value || busy.value || !visible.value) return undefined;
    if (step.value === steps.value[steps.value.length - 1]) {
      playing.value = false;
      return undefined;
    }
    const timer = setTimeout(() => stepBy(1), PACE / speed.value);
    return () => clearTimeout(timer);
  });
}
