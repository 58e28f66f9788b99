import { describe, expect, it } from "vitest";
import type { Neurons } from "../../types";
import { neuronFrame } from "./frame";
import { byIndex, bySize, contributions, meanOverText, neededFor, parts } from "./rank";

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
  it("add up to the whole, largest first", () => {
    const sorted = parts(frame, 2);
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
    const sorted = parts(
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
    expect(neededFor(0.9, parts(silent, 0))).toBeNull();
    expect(contributions(silent, 0).every((value) => value === 0)).toBe(true);
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
