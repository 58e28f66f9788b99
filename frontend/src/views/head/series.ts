/**
 * One thing that the head view draws: a head, the mean of several, or a half of a difference;
 * numbers only, `state.ts` says which of them are on the screen.
 */

import type { Reading } from "../../state/reading";

/**
 * What of a head a series is: its weights; what there is more, or less, than in B; B's weights
 * beside A's.
 */
export type Part = "weights" | "more" | "less" | "other";

/**
 * One thing to draw: a head, or the mean of several. data[query * keys + key]; rows and columns are
 * those of `shape`.
 */
export interface Series extends Reading {
  /** null: the mean. */
  readonly head: number | null;
  readonly name: string;
  readonly part: Part;
}

export function headSeries(
  readingOf: (head: number) => Reading,
  heads: readonly number[],
): readonly Series[] {
  return heads.map((head) => ({ head, name: `head ${head}`, part: "weights", ...readingOf(head) }));
}

/** The mean of several series. */
export function meanSeries(all: readonly Series[]): Series {
  const name = all.length === 1 ? (all[0]?.name ?? "") : `mean of ${all.length} heads`;
  const left = all.flatMap((each) => each.left ?? []);
  return {
    head: null,
    name,
    part: "weights",
    data: meanOf(all.map((each) => each.data)),
    left: left.length > 0 ? meanOf(left) : null,
  };
}

function meanOf(arrays: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(arrays[0]?.length ?? 0);
  for (const array of arrays)
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (array[at] ?? 0);
  return sum.map((each) => each / Math.max(1, arrays.length));
}

/** What is more and what is less, as positive numbers; what is not a number is so in both. */
export function partsOf(of: Series, difference: Float32Array): readonly [Series, Series] {
  const [more, less] = [new Float32Array(difference.length), new Float32Array(difference.length)];
  for (let at = 0; at < difference.length; at++) {
    const each = difference[at] ?? 0;
    if (!(each < 0)) more[at] = each;
    if (!(each > 0)) less[at] = -each;
  }
  return [
    { ...of, name: `${of.name} more`, part: "more", data: more, left: null },
    { ...of, name: `${of.name} less`, part: "less", data: less, left: null },
  ];
}

/** A series in few characters: the number of its head, and the sign of a difference. */
export function markText({ head, part }: Pick<Series, "head" | "part">): string {
  const name = head === null ? "mean" : String(head);
  if (part === "other") return `${name} B`;
  return part === "weights" ? name : `${name}${part === "more" ? "+" : "−"}`;
}
