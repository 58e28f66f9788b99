/**
 * How one weight comes about after the products: sum, soft cap, bias, score, sink, softmax. Only
 * what the model has.
 */

import { plainText } from "../../format";
import type { Layer } from "../../types";
import type { NeuronFrame } from "./frame";

export interface ScoreStep {
  readonly name: string;
  readonly value: number;
  /** What it does, where the name does not say it. */
  readonly title: string;
}

/** The numbers of key j in the order in which the model computes them. */
export function scoreSteps(frame: NeuronFrame, layer: Layer, j: number): readonly ScoreStep[] {
  const score = frame.scores?.[j];
  const sum = frame.sums[j] ?? Number.NaN;
  const steps: ScoreStep[] = [];
  const plain = layer.softcap === null && layer.bias === null;
  if (frame.neurons > 0 && !plain)
    steps.push({
      name: "sum of q × k × scale",
      value: sum,
      title: "All neurons' contributions together",
    });
  const capped = softCapped(sum, layer.softcap);
  if (layer.softcap !== null) {
    const cap = plainText(layer.softcap);
    const title = `${cap} × tanh(sum / ${cap}): no score goes beyond ${cap}`;
    steps.push({ name: `after soft cap ${cap}`, value: capped, title });
  }
  if (score !== undefined) {
    if (layer.bias !== null) {
      const title = "What the model adds by position: the score less what stands above";
      steps.push({ name: "bias added", value: rest(score, capped), title });
    }
    steps.push({
      name: plain ? "score q·k × scale" : "score",
      value: score,
      title: "What goes into the softmax",
    });
  }
  const sink = sinkOf(frame, layer);
  if (sink !== null) {
    const title = "A learned score that takes part in the softmax and belongs to no token";
    steps.push({ name: "the sink's score", value: sink.score, title });
  }
  steps.push({
    name: "softmax",
    value: frame.weights[j] ?? Number.NaN,
    title: "The weight, as in the head view",
  });
  return steps;
}

/** Score and weight of this head's sink; null where the model has none. */
export function sinkOf(
  frame: NeuronFrame,
  layer: Layer,
): { readonly score: number; readonly weight: number } | null {
  const score = layer.sinks[frame.head];
  return score === undefined
    ? null
    : { score, weight: 1 - frame.weights.reduce((sum, weight) => sum + weight, 0) };
}

function softCapped(sum: number, softcap: number | null): number {
  return softcap === null ? sum : softcap * Math.tanh(sum / softcap);
}

/** Share of a number that float32 arithmetic may lose on the way. */
const ROUNDING = 2 ** -20;

/** a - b, which is 0 where they differ by rounding alone. */
function rest(a: number, b: number): number {
  return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b)) ? 0 : a - b;
}
