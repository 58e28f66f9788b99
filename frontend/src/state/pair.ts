/** The weight of one pair of tokens in all heads, over the steps. Pure functions of the answer. */

import type { Pair } from "../types";
import type { HeadAddress } from "./chosen";
import { type JoinBy, joined } from "./sentences";
import { type Series, stepValues } from "./series";

/** As a series of all heads; padded heads, which are NaN at every step, are left out. */
export function pairSeries(pair: Pair): Series {
  const steps = pair.steps.length;
  const all = pair.layers.flatMap((layer, row) =>
    Array.from({ length: pair.heads }, (_, head) => ({ row, layer, head })),
  );
  const columns = all.map(({ row, head }) =>
    Float32Array.from(
      { length: steps },
      (_, step) =>
        pair.weights[(step * pair.layers.length + row) * pair.heads + head] ?? Number.NaN,
    ),
  );
  const kept = all.flatMap((_, index) =>
    columns[index]?.some((each) => !Number.isNaN(each)) ? [index] : [],
  );
  const values = new Float32Array(kept.length * steps);
  kept.forEach((index, place) => {
    values.set(columns[index] ?? [], place * steps);
  });
  return {
    heads: kept.flatMap((index) => all[index] ?? []).map(({ layer, head }) => ({ layer, head })),
    steps: pair.steps,
    values,
  };
}

/** What a head has in one sentence. */
export interface PairNumbers {
  readonly weight: number;
  /** What it is compared with; NaN where nothing is, or where it is not known. */
  readonly other: number;
  /** The weight less the compared one. */
  readonly difference: number;
}

/** One number of all sentences. */
export interface PairRow extends HeadAddress, PairNumbers {
  /** Index of the head in the series of the first sentence. */
  readonly index: number;
  /** Sentence by sentence. */
  readonly each: readonly PairNumbers[];
}

/** A series at one of its steps. */
export interface SeriesAt {
  readonly series: Series;
  readonly step: number;
}

/** The pair in one sentence, and in the one that it is compared with. */
export interface PairSentence {
  readonly own: SeriesAt;
  readonly other: SeriesAt | null;
}

/**
 * By what heads are ordered: where they stand, the weight, the compared one, the size of the
 * difference, or that of the effect on the output.
 */
export type PairOrder = "difference" | "a" | "b" | "effect" | "head";

/**
 * The heads of the first sentence as numbers of all of them, without those whose weight is not
 * known in each.
 */
export function pairRows(sentences: readonly PairSentence[], by: JoinBy): readonly PairRow[] {
  const [first] = sentences;
  const known = sentences.map(
    ({ own, other }) => [valuesByHead(own), valuesByHead(other)] as const,
  );
  return (first?.own.series.heads ?? [])
    .map((head, index): PairRow => {
      const name = nameOf(head);
      const each = known.map(([own, other]): PairNumbers => {
        const weight = own.get(name) ?? Number.NaN;
        const compared = other.get(name) ?? Number.NaN;
        return { weight, other: compared, difference: weight - compared };
      });
      const of = (number: keyof PairNumbers): number =>
        joined(
          each.map((one) => one[number]),
          by,
        );
      const numbers = { weight: of("weight"), other: of("other"), difference: of("difference") };
      return { ...head, index, ...numbers, each };
    })
    .filter((row) => !Number.isNaN(row.weight));
}

/** Largest first; heads whose number is not known come last. */
export function sortPairRows(
  rows: readonly PairRow[],
  order: PairOrder,
  effect: (head: HeadAddress) => number = () => Number.NaN,
): readonly PairRow[] {
  if (order === "head") return [...rows].sort((a, b) => a.index - b.index);
  const number: Readonly<Record<typeof order, (row: PairRow) => number>> = {
    a: (row) => row.weight,
    b: (row) => row.other,
    difference: (row) => Math.abs(row.difference),
    effect: (row) => Math.abs(effect(row)),
  };
  const key = (row: PairRow): number => {
    const value = number[order](row);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  return keyed
    .sort((a, b) => (a.key === b.key ? a.row.index - b.row.index : b.key > a.key ? 1 : -1))
    .map(({ row }) => row);
}

/** One number of several series, at the steps of the first one that all of them have. */
export function joinedSeries(all: readonly Series[], by: JoinBy): Series | null {
  const [first] = all;
  if (!first || all.length === 1) return first ?? null;
  const values = first.steps.map((step) => all.map((series) => valuesByHead({ series, step })));
  const made = new Float32Array(first.heads.length * first.steps.length);
  first.heads.forEach((head, index) => {
    const name = nameOf(head);
    values.forEach((ofStep, at) => {
      const each = ofStep.map((known) => known.get(name) ?? Number.NaN);
      made[index * first.steps.length + at] = joined(each, by);
    });
  });
  return { ...first, values: made };
}

function nameOf({ layer, head }: HeadAddress): string {
  return `${layer}.${head}`;
}

function valuesByHead(at: SeriesAt | null): ReadonlyMap<string, number> {
  if (at === null) return new Map();
  const values = stepValues(at.series, at.step);
  return new Map(
    at.series.heads.map((head, index) => [nameOf(head), values[index] ?? Number.NaN] as const),
  );
}
