/**
 * Thumbnails and enlarged heads in comparison with B: signed differences, or A and B in two halves.
 */

import { computed } from "@preact/signals";
import { changeEntry, changeRamp } from "../../draw/colour";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { leastChange } from "../../state/least";
import { scale, smallest } from "../../state/show";
import type { Thumbnails } from "../../types";
import { changes, codeOf, differs, fitting, halves, span } from "./changes";
import { table } from "./state";

/** What the cells hold: A's values; codes of the difference; or A's columns and then B's. */
export const drawn = computed<Thumbnails | null>(() => {
  const [a, b] = [thumbnails.value, fitting.value];
  if (!a || !b) return a;
  if (differs.value && changes.value) {
    const [all, most] = [changes.value, span.value];
    return { ...a, data: a.data.map((_, at) => codeOf((all[at] ?? 0) / most)) };
  }
  return halves.value ? besideEachOther(a, b) : a;
});

/** RGBA of the 256 values of `drawn`. */
export const drawnTable = computed(() => {
  if (!differs.value) return table.value;
  const [ramp, colours] = [changeRamp(theme.value), new Uint8ClampedArray(1024)];
  for (let code = 0; code < 256; code++) {
    const entry = 4 * changeEntry(drawnChange(code), scale.value === "sqrt");
    colours.set(ramp.subarray(entry, entry + 4), 4 * code);
  }
  return colours;
});

/** Opacities of lines for each code, of what is less and of what is more. */
export const changeAlphas = computed(() => {
  const of = (sign: 1 | -1): Float32Array =>
    Float32Array.from({ length: 256 }, (_, code) => Math.max(0, sign * drawnChange(code)));
  return { less: of(-1), more: of(1) };
});

/** The difference that a code stands for where it is large enough to be drawn, else 0. Reads signals. */
function drawnChange(code: number): number {
  const change = changeOf(code);
  return Math.abs(change) >= leastChange(smallest.value, span.value) / span.value ? change : 0;
}

/** The code of 0. */
export const NO_CHANGE = 128;

/** The difference that a code stands for. */
export function changeOf(code: number): number {
  const from = code - NO_CHANGE;
  return Math.sign(from) * (Math.abs(from) / 127) ** 2;
}

/** Each cell twice as many columns: A's, then B's. */
export function besideEachOther(a: Thumbnails, b: Thumbnails): Thumbnails {
  const data = new Uint8Array(2 * a.data.length);
  for (let line = 0; line < a.data.length / a.columns; line++) {
    const [from, to] = [line * a.columns, (line + 1) * a.columns];
    data.set(a.data.subarray(from, to), 2 * from);
    data.set(b.data.subarray(from, to), 2 * from + a.columns);
  }
  return { ...a, columns: 2 * a.columns, data };
}

/** What of a head is enlarged. */
export type Side = "a" | "b" | "difference";
