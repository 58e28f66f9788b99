/** Device pixels of a CSS pixel, for images that are made pixel by pixel. */

import { signal } from "@preact/signals";

/** At least so many, as while a figure is made; 0: as many as the screen has. */
export const leastRatio = signal(0);

export function pixelRatio(): number {
  return Math.max(leastRatio.value, window.devicePixelRatio || 1);
}
