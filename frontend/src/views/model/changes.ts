/**
 * What thumbnails are more or less than those that they are compared with, and over which heads.
 */

import { computed } from "@preact/signals";
import { otherThumbnails, showsBoth, showsDifference } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { spanOf } from "../../state/least";
import type { Thumbnails } from "../../types";
import type { Place } from "./arrange";

/** B's thumbnails where they have A's size. */
export const fitting = computed<Thumbnails | null>(() => {
  const [a, b] = [thumbnails.value, otherThumbnails.value];
  return a && b && a.data.length === b.data.length && a.rows === b.rows && a.columns === b.columns
    ? b
    : null;
});

export const differs = computed(() => showsDifference.value && fitting.value !== null);
export const halves = computed(() => showsBoth.value && fitting.value !== null);

/** Differences of all cells of all heads; a step of 8 bits is rounding, and no difference. */
export const changes = computed<Float32Array | null>(() => {
  const [a, b] = [thumbnails.value, fitting.value];
  if (!a || !b) return null;
  return Float32Array.from(a.data, (value, at) => {
    const other = b.data[at] ?? 0;
    return Math.abs(value - other) <= 1 ? 0 : massOf(value) - massOf(other);
  });
});

/** What the strongest colour of the differences stands for, in all cells alike. */
export const span = computed(() => spanOf(changes.value ?? []));

/** How many heads there are, and how many of them have a thumbnail that differs. */
export const changedHeads = computed(() => {
  const { layers = [], heads = 0 } = thumbnails.value ?? {};
  const places = layers.flatMap((_, row) =>
    Array.from({ length: heads }, (_, head) => ({ row, head })),
  );
  return { all: places.length, changed: places.filter((place) => changeOfHead(place) > 0).length };
});

/** What of a head's weight has gone elsewhere, 0..1: half the sum over the keys, mean over queries. */
export function changeOfHead({ row, head }: Place): number {
  const [now, all] = [thumbnails.value, changes.value];
  if (!now || !all) return Number.NaN;
  const size = now.rows * now.columns;
  const own = all.subarray((row * now.heads + head) * size, (row * now.heads + head + 1) * size);
  return own.reduce((sum, each) => sum + Math.abs(each), 0) / 2 / now.rows;
}

/** A thumbnail's value is 255 * sqrt(mass). */
function massOf(value: number): number {
  return (value / 255) ** 2;
}

/** Differences of masses in 256 steps, finer where they are small; 128 is 0. */
export function codeOf(difference: number): number {
  const size = Math.min(1, Math.abs(difference));
  return Math.round(128 + 127 * Math.sign(difference) * Math.sqrt(size));
}
