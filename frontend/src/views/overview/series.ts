/**
 * One metric of all heads over the steps: ranges, moments of change, orders. Pure functions of
 * arrays.
 */

import { metricAt, metricRow } from "../../state/metric_at";
import { headValues, type Series } from "../../state/series";
import type { CaptureStack, Metrics } from "../../types";

/**
 * `name` of the heads of a stack; metrics pad layers that have fewer heads, `stack` knows how many
 * there are.
 */
export function seriesOf(metrics: Metrics, stack: CaptureStack, name: string): Series {
  const at = metrics.names.indexOf(name);
  const found = stack.layers.flatMap(({ layer, heads }) => {
    const row = metricRow(metrics, stack.name, layer);
    return row < 0 || at < 0
      ? []
      : Array.from({ length: Math.min(heads, metrics.heads) }, (_, head) => ({ row, layer, head }));
  });
  const steps = metrics.steps.length;
  const values = new Float32Array(found.length * steps);
  found.forEach(({ row, head }, index) => {
    for (let step = 0; step < steps; step++)
      values[index * steps + step] = metricAt(metrics, step, row, head, at);
  });
  return { heads: found.map(({ layer, head }) => ({ layer, head })), steps: metrics.steps, values };
}

/** Smallest and largest number; [0, 1] where there is none. */
export function extent(values: Float32Array): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** A head counts as changed if its values span at least this share of all heads' span. */
const CHANGED = 0.25;

/**
 * Indices of the heads by when they changed: those that did, earliest first, then the others by how
 * much.
 */
export function byChange(series: Series): readonly number[] {
  const [low, high] = extent(series.values);
  const facts = series.heads.map((_, index) => changeOf(headValues(series, index)));
  const changed = (index: number): boolean =>
    (facts[index]?.span ?? 0) >= CHANGED * (high - low) && high > low;
  return series.heads
    .map((_, index) => index)
    .sort((a, b) => {
      const [one, other] = [facts[a], facts[b]];
      if (changed(a) !== changed(b)) return changed(a) ? -1 : 1;
      const sooner = changed(a) ? (one?.when ?? 0) - (other?.when ?? 0) : 0;
      return sooner || (other?.span ?? 0) - (one?.span ?? 0) || a - b;
    });
}

/**
 * span: between the smallest and the largest value, -1 where there is none; when: index of the
 * first value half a span from the first one.
 */
export function changeOf(values: Float32Array): { readonly span: number; readonly when: number } {
  const defined = values.findIndex((each) => !Number.isNaN(each));
  if (defined < 0) return { span: -1, when: values.length };
  const [low, high] = extent(values);
  const first = values[defined] ?? 0;
  const away = Math.max(high - first, first - low) / 2;
  const when = values.findIndex((each) => away > 0 && Math.abs(each - first) >= away);
  return { span: high - low, when: when < 0 ? values.length : when };
}

/**
 * Indices by the size of an effect: those that were measured, the largest first, then those that
 * were estimated, then the others.
 */
export function byEffect(exact: Float32Array, estimates: Float32Array | null): readonly number[] {
  const measured = byValue(exact.map(Math.abs));
  const [known, others] = [
    measured.filter((index) => !Number.isNaN(exact[index])),
    new Set(measured.filter((index) => Number.isNaN(exact[index]))),
  ];
  if (!estimates) return [...known, ...others];
  return [...known, ...byValue(estimates.map(Math.abs)).filter((index) => others.has(index))];
}

/** The range from the negative to the positive of the largest number, so that 0 is in the middle. */
export function evenRange(values: Float32Array): readonly [number, number] {
  const [low, high] = extent(values);
  const most = Math.max(Math.abs(low), Math.abs(high));
  return most > 0 ? [-most, most] : [-1, 1];
}

/** Indices by value, largest first; what is not defined comes last. */
export function byValue(values: Float32Array): readonly number[] {
  const key = (index: number): number => {
    const value = values[index] ?? Number.NaN;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return Array.from(values, (_, index) => index).sort((a, b) =>
    key(a) === key(b) ? a - b : key(b) > key(a) ? 1 : -1,
  );
}
