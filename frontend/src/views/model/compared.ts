/**
 * Thumbnails and enlarged heads in comparison with B: signed differences, or A and B in two halves.
 */

import { computed } from "@preact/signals";
import { changeEntry, changeRamp } from "../../draw/colour";
import { otherThumbnails, showsBoth, showsDifference } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { scale } from "../../state/show";
import type { Thumbnails } from "../../types";
import { least, table } from "./state";

/** B's thumbnails where they have A's size. */
const fitting = computed<Thumbnails | null>(() => {
  const [a, b] = [thumbnails.value, otherThumbnails.value];
  return a && b && a.data.length === b.data.length && a.rows === b.rows && a.columns === b.columns
    ? b
    : null;
});

export const differs = computed(() => showsDifference.value && fitting.value !== null);
export const halves = computed(() => showsBoth.value && fitting.value !== null);

/** What the cells hold: A's values; codes of the difference; or A's columns and then B's. */
export const drawn = computed<Thumbnails | null>(() => {
  const [a, b] = [thumbnails.value, fitting.value];
  if (!a || !b) return a;
  if (differs.value)
    return {
      ...a,
      data: a.data.map((value, at) => codeOf(massOf(value) - massOf(b.data[at] ?? 0))),
    };
  return halves.value ? besideEachOther(a, b) : a;
});

/** RGBA of the 256 values of `drawn`. */
export const drawnTable = computed(() => {
  if (!differs.value) return table.value;
  const [ramp, colours] = [changeRamp(theme.value), new Uint8ClampedArray(1024)];
  for (let code = 0; code < 256; code++) {
    const change = changeOf(code);
    const entry =
      4 * changeEntry(Math.abs(change) < least.value ? 0 : change, scale.value === "sqrt");
    colours.set(ramp.subarray(entry, entry + 4), 4 * code);
  }
  return colours;
});

/** A thumbnail's value is 255 * sqrt(mass). */
function massOf(value: number): number {
  return (value / 255) ** 2;
}

/** Differences of masses in 256 steps, finer where they are small; 128 is 0. */
export function codeOf(difference: number): number {
  return Math.round(128 + 127 * Math.sign(difference) * Math.sqrt(Math.abs(difference)));
}

/** The difference that a code stands for. */
export function changeOf(code: number): number {
  return Math.sign(code - 128) * (Math.abs(code - 128) / 127) ** 2;
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
