/**
 * The one frame scheduler of the tab: everything that draws goes through it, and nothing is drawn
 * while the tab is hidden.
 */

import { effect } from "@preact/signals";
import { visible } from "../state/host";

const waiting = new Set<() => void>();
let requested = 0;

/** Runs `task` in the next frame; asking twice before it runs it once. */
export function requestFrame(task: () => void): void {
  waiting.add(task);
  wake();
}

export function cancelFrame(task: () => void): void {
  waiting.delete(task);
}

/**
 * Runs `task` once nothing else is to be done, or soon where the browser does not tell; `latest`:
 * after so many milliseconds in any case, 0 for never.
 */
export function whenIdle(task: () => void, latest = 0): void {
  if ("requestIdleCallback" in window) window.requestIdleCallback(task, { timeout: latest });
  else setTimeout(task, 100);
}

/** Frames without anything to draw, after which sizes and drawings have settled. */
const CALM = 3;
/** Frames after which nobody waits any longer, as while steps are played. */
const MOST = 600;

/** Waits until nothing is left to draw, as after the page was given other sizes. */
export async function atRest(): Promise<void> {
  let calm = 0;
  for (let frame = 0; calm < CALM && frame < MOST; frame++) {
    await new Promise(requestAnimationFrame);
    calm = waiting.size > 0 ? 0 : calm + 1;
  }
}

/**
 * Runs `draw` in the next frame, and again whenever a signal that it read has changed. Returns what
 * ends that.
 */
export function drawOnChange(draw: () => void): () => void {
  let stop = (): void => {};
  const frame = (): void => {
    stop();
    let drawn = false;
    // The first run draws and so learns which signals matter; the second run means that one of them
    // has changed.
    stop = effect(() => {
      if (drawn) requestFrame(frame);
      else {
        drawn = true;
        draw();
      }
    });
  };
  requestFrame(frame);
  return () => {
    cancelFrame(frame);
    stop();
  };
}

/** Draws what waits for a frame at once, as after the page was built. */
export function drawNow(): void {
  if (!visible.peek()) return;
  cancelAnimationFrame(requested);
  run();
}

function wake(): void {
  if (requested === 0 && waiting.size > 0 && visible.peek()) requested = requestAnimationFrame(run);
}

function run(): void {
  requested = 0;
  const tasks = [...waiting];
  waiting.clear();
  for (const task of tasks) {
    try {
      task();
    } catch (error) {
      // One drawing that fails must not stop the others; the page's error handler shows it.
      reportError(error);
    }
  }
}

effect(() => {
  if (visible.value) wake();
});
