/** One head metric over the steps, as a small line for each head. Pure. */

import { metricAt, metricRow } from "../../../state/metric_at";
import type { Metrics, Stack } from "../../../types";

export interface Sparks {
  /** Height 0..1 of each step of a head, NaN where there is no value; null: no such head. */
  readonly of: (layer: number, head: number) => Float32Array | null;
  /** What the lower and the upper edge stand for. */
  readonly low: number;
  readonly high: number;
}

/** `share`: the metric is a share, whose scale is 0 to 1; else it goes from its least to its largest. */
export function sparksOf(
  metrics: Metrics,
  stack: Stack | undefined,
  name: string,
  share: boolean,
): Sparks {
  const at = metrics.names.indexOf(name);
  const width = metrics.names.length;
  let [low, high] = share ? [0, 1] : [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = at; !share && at >= 0 && index < metrics.data.length; index += width) {
    const value = metrics.data[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high > low ? high - low : 1;
  const known = new Map<string, Float32Array | null>();
  const lineOf = (layer: number, head: number): Float32Array | null => {
    const row = metricRow(metrics, stack, layer);
    if (row < 0 || head >= metrics.heads || at < 0) return null;
    return Float32Array.from(metrics.steps, (_, step) => {
      const value = metricAt(metrics, step, row, head, at);
      return Math.max(0, Math.min(1, (value - low) / span));
    });
  };
  return {
    low,
    high,
    of: (layer, head) => {
      const key = `${layer}.${head}`;
      const made = known.get(key) ?? lineOf(layer, head);
      known.set(key, made);
      return made;
    },
  };
}

/** What of a canvas drawing context a line needs. */
export type Pen = Pick<CanvasRenderingContext2D, "moveTo" | "lineTo" | "rect">;

/**
 * Adds a line to the path of `pen`, in a box; of many steps no more than two points a pixel. A
 * single step is a dot.
 */
export function traceSpark(
  pen: Pen,
  values: Float32Array,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  const last = values.length - 1;
  const every = Math.max(1, Math.ceil(values.length / Math.max(2, 2 * width)));
  let isDown = false;
  for (let at = 0; at <= last; at = at < last ? Math.min(last, at + every) : last + 1) {
    const value = values[at] ?? Number.NaN;
    const x = left + (last === 0 ? width / 2 : (at / last) * width);
    const y = top + (1 - value) * height;
    if (Number.isNaN(value)) isDown = false;
    else if (last === 0) pen.rect(x - 1, y - 1, 2, 2);
    else if (isDown) pen.lineTo(x, y);
    else pen.moveTo(x, y);
    isDown = !Number.isNaN(value);
  }
}
