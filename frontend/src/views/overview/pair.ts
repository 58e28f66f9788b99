/** The weight of one pair of tokens in all heads, over the steps. Pure functions of the answer. */

import type { HeadAddress } from "../../state/selection";
import type { Pair } from "../../types";
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
}

/** The heads by weight at a step, largest first, without those whose weight is not known. */
export function pairRows(series: Series, step: number): readonly PairRow[] {
  const values = stepValues(series, step);
  return series.heads
    .map((head, index) => ({ ...head, index, weight: values[index] ?? Number.NaN }))
    .filter((each) => !Number.isNaN(each.weight))
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
}
