import { describe, expect, it } from "vitest";
import type { Neurons } from "../../types";
import { type NeuronFrame, neuronFrame } from "./frame";
import {
  byIndex,
  bySize,
  contrasts,
  contributions,
  keyOrder,
  meanOverText,
  neededFor,
  parts,
} from "./rank";

function random(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 1073741824 - 1;
  });
}

function head(queries: number, keys: number, width: number): Neurons {
  const query = random(queries * width, 1);
  const key = random(keys * width, 2);
  return {
    step: 0,
    layer: 0,
    head: 0,
    queries,
    keys,
    neurons: width,
    scale: 0.25,
    keyHead: 0,
    query,
    key,
  };
}

describe("orders", () => {
  it("sorts by size, equals by index, what is not finite first", () => {
    expect([...bySize([1, -3, 2])]).toEqual([1, 2, 0]);
    expect([...bySize([1, -1, 1])]).toEqual([0, 1, 2]);
    expect([...bySize([5, Number.NaN, 6, Number.NEGATIVE_INFINITY])]).toEqual([1, 3, 2, 0]);
    expect([...byIndex(3)]).toEqual([0, 1, 2]);
  });
});

describe("parts", () => {
  const neurons = head(4, 4, 8);
  const row = {
    step: 0,
    layer: 0,
    query: 3,
    heads: 1,
    keys: 4,
    weights: new Float32Array(4),
    scores: new Float32Array(4),
  };
  const frame = neuronFrame(neurons, row, 0, { causal: true, query_start: 0 });
  /** By the size of the contribution. */
  const byPart = (of: NeuronFrame, key: number) =>
    parts(of, key, contrasts(of, key), contributions(of, key));
  it("add up to the whole, largest first", () => {
    const sorted = byPart(frame, 2);
    expect(sorted).toHaveLength(8);
    expect(sorted.at(-1)?.cumulative).toBeCloseTo(1, 6);
    expect(sorted.every((part, at) => at === 0 || part.share <= (sorted[at - 1]?.share ?? 0))).toBe(
      true,
    );
    expect(sorted.reduce((sum, part) => sum + part.contribution, 0)).toBeCloseTo(
      frame.sums[2] ?? 0,
      5,
    );
  });
  it("says how many neurons make 90 %", () => {
    const sorted = [0.6, 0.9, 1].map((cumulative, neuron) => ({
      neuron,
      contribution: 1,
      contrast: 1,
      share: 0.3,
      cumulative,
    }));
    expect([neededFor(0.9, sorted), neededFor(0.91, sorted), neededFor(0.9, [])]).toEqual([
      2,
      3,
      null,
    ]);
  });
  it("leaves shares undefined where a contribution is not finite", () => {
    const query = neurons.query.slice();
    query[3 * 8 + 5] = Number.NaN;
    const sorted = byPart(
      neuronFrame({ ...neurons, query }, row, 0, { causal: true, query_start: 0 }),
      1,
    );
    expect(sorted[0]?.neuron).toBe(5);
    expect(sorted[0]?.share).toBeNaN();
    expect(neededFor(0.9, sorted)).toBeNull();
  });
  it("gives no shares of a score that is all zero", () => {
    const silent = neuronFrame({ ...neurons, key: new Float32Array(32) }, row, 0, {
      causal: true,
      query_start: 0,
    });
    expect(neededFor(0.9, byPart(silent, 0))).toBeNull();
    expect(contributions(silent, 0).every((value) => value === 0)).toBe(true);
  });
});

describe("contrasts", () => {
  const neurons = head(4, 4, 8);
  const weights = new Float32Array([0.1, 0.2, 0.7, 0]);
  const row = { step: 0, layer: 0, query: 2, heads: 1, keys: 4, weights, scores: null };
  const causality = { causal: true, query_start: 0 };
  const frame = neuronFrame(neurons, row, 0, causality);

  it("are the derivative of the log of the weight by a factor on the neuron", () => {
    const logWeight = (key: number, neuron: number, factor: number): number => {
      const scores = [0, 1, 2].map(
        (j) => (frame.sums[j] ?? 0) + (factor - 1) * (frame.products[j * 8 + neuron] ?? 0),
      );
      return (scores[key] ?? 0) - Math.log(scores.reduce((sum, each) => sum + Math.exp(each), 0));
    };
    // The weights of these scores, not the invented ones.
    const sizes = [0, 1, 2].map((j) => Math.exp(frame.sums[j] ?? 0));
    const total = sizes.reduce((sum, each) => sum + each, 0);
    const own = { ...frame, weights: Float32Array.from([...sizes, 0], (each) => each / total) };
    const step = 1e-4;
    for (const key of [0, 2])
      contrasts(own, key).forEach((contrast, n) => {
        const slope = (logWeight(key, n, 1 + step) - logWeight(key, n, 1 - step)) / (2 * step);
        expect(contrast).toBeCloseTo(slope, 4);
      });
  });

  it("count for nothing what a neuron adds to all keys alike", () => {
    const key = neurons.key.slice();
    for (let j = 0; j < 4; j++) key[j * 8 + 3] = 5;
    const same = neuronFrame({ ...neurons, key }, row, 0, causality);
    expect(contrasts(same, 1)[3]).toBeCloseTo(0, 5);
  });

  it("take no notice of keys that are not seen", () => {
    const key = neurons.key.slice();
    key[3 * 8] = Number.NaN;
    expect([...contrasts(neuronFrame({ ...neurons, key }, row, 0, causality), 0)]).toEqual([
      ...contrasts(frame, 0),
    ]);
  });
});

describe("keyOrder", () => {
  const of = {
    keys: 5,
    weights: Float32Array.of(0.2, 0.5, 0.2, 0, 0.1),
    seen: Uint8Array.of(1, 1, 1, 0, 1),
  };
  it("is that of the text, or the largest weight first and what is not seen last", () => {
    expect([...keyOrder(of, false)]).toEqual([0, 1, 2, 3, 4]);
    expect([...keyOrder(of, true)]).toEqual([1, 0, 2, 4, 3]);
  });
});

describe("meanOverText", () => {
  for (const [queries, keys, causal, start] of [
    [5, 5, true, 0],
    [3, 5, true, 2],
    [4, 6, false, 0],
  ] as const) {
    it(`equals the mean over all pairs: ${queries} x ${keys}, causal ${causal}, start ${start}`, () => {
      const made = head(queries, keys, 3);
      const sums = [0, 0, 0];
      let pairs = 0;
      for (let i = 0; i < queries; i++) {
        for (let j = 0; j < keys; j++) {
          if (causal && j > i + start) continue;
          pairs++;
          for (let n = 0; n < 3; n++) {
            sums[n] =
              (sums[n] ?? 0) +
              Math.abs((made.query[i * 3 + n] ?? 0) * (made.key[j * 3 + n] ?? 0) * made.scale);
          }
        }
      }
      const means = meanOverText(made, { causal, query_start: start });
      sums.forEach((sum, n) => {
        expect(means[n]).toBeCloseTo(sum / pairs, 6);
      });
    });
  }
});
