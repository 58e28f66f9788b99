/** Curves over distance: of single neurons, or of rotary partners, which belong together. */

import type { Distances } from "../../types";

type Known = Pick<Distances, "partners" | "neurons">;

/** The neurons of a curve. */
export function neuronsOf({ partners, neurons }: Known, curve: number): readonly number[] {
  return partners ? [curve, curve + neurons / 2] : [curve];
}

/** The curve that a neuron has a part in. */
export function curveOf({ partners, neurons }: Known, neuron: number): number {
  return partners ? neuron % (neurons / 2) : neuron;
}

/** "neuron 3", "neurons 3 + 35". */
export function curveName(known: Known, curve: number): string {
  const neurons = neuronsOf(known, curve);
  return `neuron${neurons.length > 1 ? "s" : ""} ${neurons.join(" + ")}`;
}

/** [distances]: what the neurons of a curve contribute together. */
export function curveValues(known: Distances, curve: number): Float32Array {
  const { count, contributions } = known;
  const [first = 0, second] = neuronsOf(known, curve);
  const own = contributions.subarray(first * count, (first + 1) * count);
  if (second === undefined) return own;
  const other = contributions.subarray(second * count, (second + 1) * count);
  return own.map((value, at) => value + (other[at] ?? Number.NaN));
}
