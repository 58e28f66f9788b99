/** One neuron along the steps: its contribution to a score, and its rank among all neurons. */

import type { Contributions } from "../../types";

/** [steps]: the contributions of one neuron. */
export function contributionAlong(
  { contributions, neurons, steps }: Contributions,
  neuron: number,
): Float32Array {
  return Float32Array.from(steps, (_, at) =>
    neuron < neurons ? (contributions[at * neurons + neuron] ?? Number.NaN) : Number.NaN,
  );
}

/**
 * [steps]: 1 where no other contribution is larger in size; of equals the lower index comes first.
 * NaN where one is not known.
 */
export function rankAlong(all: Contributions, neuron: number): Float32Array {
  const { contributions, neurons, steps } = all;
  return Float32Array.from(steps, (_, at) => {
    const own = Math.abs(contributions[at * neurons + neuron] ?? Number.NaN);
    if (neuron >= neurons || Number.isNaN(own)) return Number.NaN;
    let rank = 1;
    for (let n = 0; n < neurons; n++) {
      const size = Math.abs(contributions[at * neurons + n] ?? Number.NaN);
      if (size > own || (size === own && n < neuron)) rank += 1;
    }
    return rank;
  });
}

/** The `count` neurons whose contribution at step number `at` is largest in size. */
export function largestAt(
  { contributions, neurons }: Contributions,
  at: number,
  count: number,
): readonly number[] {
  const size = (n: number): number => Math.abs(contributions[at * neurons + n] ?? Number.NaN);
  const known = Array.from({ length: neurons }, (_, n) => n).filter((n) => !Number.isNaN(size(n)));
  return known.sort((a, b) => size(b) - size(a) || a - b).slice(0, count);
}

/** Only the steps that are known, so that lines can be drawn while others are still awaited. */
export function knownSteps(all: Contributions): Contributions {
  const known = all.steps.flatMap((_, at) =>
    Number.isNaN(all.weights[at] ?? Number.NaN) ? [] : [at],
  );
  const pick = (values: Float32Array): Float32Array =>
    Float32Array.from(known, (at) => values[at] ?? Number.NaN);
  const contributions = new Float32Array(known.length * all.neurons);
  known.forEach((at, place) => {
    contributions.set(
      all.contributions.subarray(at * all.neurons, (at + 1) * all.neurons),
      place * all.neurons,
    );
  });
  const steps = known.map((at) => all.steps[at] ?? 0);
  return { ...all, steps, contributions, scores: pick(all.scores), weights: pick(all.weights) };
}
