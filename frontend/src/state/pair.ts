/** The weight of one pair of tokens in all heads, over the steps. Pure functions of the answer. */

import type { Pair } from "../types";
import type { HeadAddress } from "./chosen";
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

export interface PairRow extends HeadAddress {
  /** Index of the head in the series. */
  readonly index: number;
  readonly weight: number;
  /** What it is compared with; NaN where nothing is, or where it is not known. */
  readonly other: number;
  /** The weight less the compared one. */
  readonly difference: number;
}

/** By what heads are ordered: the weight, the compared one, or the size of the difference. */
export type PairOrder = "a" | "b" | "difference";

/**
 * The heads by weight at a step, largest first, without those whose weight is not known.
 *
 * @param other the compared series and its step, or null.
 */
export function pairRows(
  series: Series,
  step: number,
  other: { readonly series: Series; readonly step: number } | null = null,
  order: PairOrder = "a",
): readonly PairRow[] {
  const values = stepValues(series, step);
  const others = new Map<string, number>();
  if (other) {
    const compared = stepValues(other.series, other.step);
    other.series.heads.forEach(({ layer, head }, index) => {
      others.set(`${layer}.${head}`, compared[index] ?? Number.NaN);
    });
  }
  const key = (row: PairRow): number => {
    const value = order === "a" ? row.weight : order === "b" ? row.other : Math.abs(row.difference);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return series.heads
    .map((head, index): PairRow => {
      const weight = values[index] ?? Number.NaN;
      const compared = others.get(`${head.layer}.${head.head}`) ?? Number.NaN;
      return { ...head, index, weight, other: compared, difference: weight - compared };
    })
    .filter((each) => !Number.isNaN(each.weight))
    .sort((a, b) => (key(a) === key(b) ? a.index - b.index : key(b) > key(a) ? 1 : -1));
}
