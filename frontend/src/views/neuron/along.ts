/** One neuron along the steps: its contribution to a score, and its rank among all neurons. */

import type { Contributions } from "../../types";

/** [steps]: the contributions of one neuron. */
export function contributionAlong({ contributions, neurons, steps }: Contributions, neuron: number): Float32Array {
  return Float32Array.from(steps, (_, at) =>
    neuron < neurons ? (contributions[at * neurons + neuron] ?? Number.NaN) : Number.NaN,
  );
}

/** [steps]: 1 where no other contribution is larger in size; of equals the lower index comes first. NaN where one is not known. */
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
export function largestAt({ contributions, neurons }: Contributions, at: number, count: number): readonly number[] {
  const size = (n: number): number => Math.abs(contributions[at * neurons + n] ?? Number.NaN);
  const known = Array.from({ length: neurons }, (_, n) => n).filter((n) => !Number.isNaN(size(n)));
  return known.sort((a, b) => size(b) - size(a) || a - b).slice(0, count);
}
