import { describe, expect, it } from "vitest";
import { type Axis, axisOf, blockAxis } from "./axis";
import { massCutoff, type Plan, readHead } from "./reading";

/** Rows that sum to 1, from a small generator so that a failure can be repeated. */
function softmaxRows(queries: number, keys: number, seed: number): Float32Array {
  let state = seed;
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const weights = new Float32Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    const row = Array.from({ length: keys }, () => Math.exp(4 * random()));
    const sum = row.reduce((a, b) => a + b);
    row.forEach((each, key) => {
      weights[query * keys + key] = each / sum;
    });
  }
  return weights;
}

function plan(queries: Axis, keys: Axis, more: Partial<Plan> = {}): Plan {
  return {
    block: 1,
    queries,
    keys,
    hidden: null,
    show: "weight",
    norms: null,
    renormaliseHidden: false,
    renormaliseKeys: false,
    ...more,
  };
}

describe("what arrives", () => {
  const weights = Float32Array.of(1, 0, 0, 0.9, 0.05, 0.05);
  const norms = Float32Array.of(0.01, 1, 3);
  const arriving = (more: Partial<Plan> = {}): Plan =>
    plan(axisOf(2), axisOf(3), { show: "arriving", norms, ...more });

  it("is the weight times the length of the value, as a share of its row", () => {
    const { data, left } = readHead(weights, arriving());
    const row = [0.009, 0.05, 0.15].map((each) => each / 0.209);
    [1, 0, 0, ...row].forEach((each, at) => {
      expect(data[at]).toBeCloseTo(each, 6);
    });
    expect([...(left ?? [])]).toEqual([0, 0]);
    expect(weights[3]).toBeCloseTo(0.9, 6);
  });

  it("comes first: what is left out is left out of the shares", () => {
    const hidden = Uint8Array.of(1, 0, 0);
    const shown = readHead(weights, arriving({ hidden }));
    expect([...shown.data.subarray(3)].map((each) => each.toFixed(4))).toEqual([
      "0.0000",
      (0.05 / 0.209).toFixed(4),
      (0.15 / 0.209).toFixed(4),
    ]);
    expect(shown.left?.[1]).toBeCloseTo(0.009 / 0.209, 6);
    const divided = readHead(weights, arriving({ hidden, renormaliseHidden: true }));
    expect(divided.data[4]).toBeCloseTo(0.25, 6);
    expect(divided.data[5]).toBeCloseTo(0.75, 6);
  });

  it("is nothing in a row from which nothing arrives", () => {
    const { data } = readHead(weights, arriving({ norms: Float32Array.of(0, 1, 1) }));
    expect([...data.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(data[4]).toBeCloseTo(0.5, 6);
  });
});

function rowSums(data: Float32Array, columns: number): number[] {
  return Array.from({ length: data.length / columns }, (_, row) =>
    data.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0),
  );
}

const firstHidden = (keys: number): Uint8Array =>
  Uint8Array.from({ length: keys }, (_, key) => Number(key === 0));

describe("readHead", () => {
  it("gives back the same array where nothing changes", () => {
    const weights = softmaxRows(3, 3, 1);
    expect(readHead(weights, plan(axisOf(3), axisOf(3)))).toEqual({ data: weights, left: null });
    expect(readHead(weights, plan(axisOf(3), axisOf(3))).data).toBe(weights);
    const blocks = plan(blockAxis(6, 2), blockAxis(6, 2), { block: 2, hidden: firstHidden(6) });
    expect(readHead(weights, blocks).data).toBe(weights);
  });

  it.each([1, 2, 3, 4, 5])(
    "sums over the keys of a word and averages over its queries: rows sum to 1 (%i)",
    (seed) => {
      const weights = softmaxRows(7, 9, seed);
      const queries = axisOf(7, (token) => (token * seed) % 3 === 0);
      const keys = axisOf(9, (token) => (token * seed) % 4 < 2);
      const { data } = readHead(weights, plan(queries, keys));
      for (const sum of rowSums(data, keys.count)) expect(sum).toBeCloseTo(1, 5);
      let expected = 0;
      for (let query = queries.first[1] ?? 0; query <= (queries.last[1] ?? 0); query++)
        for (let key = keys.first[0] ?? 0; key <= (keys.last[0] ?? 0); key++)
          expected += weights[query * 9 + key] ?? 0;
      expect(data[keys.count]).toBeCloseTo(
        expected / ((queries.last[1] ?? 0) - (queries.first[1] ?? 0) + 1),
        6,
      );
    },
  );

  it("hides a key: the others keep their weights, and what is left out is told", () => {
    const weights = Float32Array.of(0.5, 0.25, 0.25, 0.75, 0, 0.25);
    const { data, left } = readHead(
      weights,
      plan(axisOf(2), axisOf(3), { hidden: firstHidden(3) }),
    );
    expect([[...data], [...(left ?? [])]]).toEqual([
      [0, 0.25, 0.25, 0, 0, 0.25],
      [0.5, 0.75],
    ]);
  });

  it("renormalises: rows sum to 1 again, but for one that has nothing left", () => {
    const weights = Float32Array.of(1, 0, 0, 0.9, 0.1, 0, 0.5, 0.25, 0.25);
    const { data, left } = readHead(
      weights,
      plan(axisOf(3), axisOf(3), { hidden: firstHidden(3), renormaliseHidden: true }),
    );
    const rounded = [...data].map((each) => Math.round(each * 1e6) / 1e6);
    expect(rounded).toEqual([0, 0, 0, 0, 1, 0, 0, 0.5, 0.5]);
    expect((left ?? [])[1]).toBeCloseTo(0.9, 6);
  });

  it("renormalises whole words too", () => {
    const weights = softmaxRows(6, 6, 3);
    const axis = axisOf(6, (token) => token % 2 === 0);
    const { data } = readHead(
      weights,
      plan(axis, axis, { hidden: firstHidden(6), renormaliseHidden: true }),
    );
    for (const sum of rowSums(data, axis.count)) expect(sum).toBeCloseTo(1, 5);
  });

  it("shows one pair of segments as it is, or renormalised where that is wanted", () => {
    const weights = softmaxRows(4, 4, 2);
    const [a, b] = [axisOf(4, null, (token) => token < 2), axisOf(4, null, (token) => token >= 2)];
    const { data, left } = readHead(weights, plan(a, b));
    expect([...data]).toEqual([2, 3, 6, 7].map((at) => weights[at]));
    expect((left ?? [])[0]).toBeCloseTo((weights[0] ?? 0) + (weights[1] ?? 0), 6);
    const shares = readHead(weights, plan(a, b, { renormaliseKeys: true })).data;
    for (const sum of rowSums(shares, 2)) expect(sum).toBeCloseTo(1, 5);
  });

  it("keeps what is not a number visible", () => {
    const weights = Float32Array.of(Number.NaN, 0.5, 0.5, 0.5);
    const axis = axisOf(2, () => false);
    expect(readHead(weights, plan(axisOf(2), axis)).data[0]).toBeNaN();
    expect(readHead(weights, plan(axisOf(2), axis)).data[1]).toBe(1);
  });
});

describe("massCutoff", () => {
  it("keeps the largest weights until their sum is reached", () => {
    const row = Float32Array.of(0.1, 0.4, 0.05, 0.25, 0.2);
    expect(massCutoff(row, 0.6)).toBeCloseTo(0.25);
    expect(massCutoff(row, 0.4)).toBeCloseTo(0.4);
    expect(massCutoff(row, 0.66)).toBeCloseTo(0.2);
    expect(massCutoff(row, 1)).toBe(0);
  });

  it("does the same as sorting", () => {
    for (let seed = 1; seed < 40; seed++) {
      const row = softmaxRows(1, 200, seed);
      const share = (seed % 10) / 10 + 0.05;
      const sorted = [...row].sort((a, b) => b - a);
      let sum = 0;
      const expected = sorted.find((weight) => {
        sum += weight;
        return sum >= share * (1 - 1e-6);
      });
      expect(massCutoff(row, share)).toBe(expected);
    }
  });

  it("keeps equal weights together, and everything of a row of nothing", () => {
    expect(massCutoff(new Float32Array(4).fill(0.25), 0.5)).toBe(0.25);
    expect(massCutoff(new Float32Array(4), 0.5)).toBe(0);
  });
});
