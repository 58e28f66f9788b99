/** Play: from step to step, each as soon as it is on the screen and has been looked at. */

import { effect, signal } from "@preact/signals";
import { busy } from "./data";
import { visible } from "./host";
import { chooseStep, step, stepBy, steps } from "./selection";

/** How long a step is shown, in milliseconds. */
const PACE = 450;

export const playing = signal(false);

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
    const timer = setTimeout(() => stepBy(1), PACE);
    return () => clearTimeout(timer);
  });
}
