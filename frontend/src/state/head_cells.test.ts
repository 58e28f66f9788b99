import { describe, expect, it } from "vitest";
import { PLAIN_LAYER } from "../testing";
import type { Layer } from "../types";
import { axisOf, blockAxis } from "./axis";
import {
  differenceOf,
  type HeadCells,
  headCells,
  isMasked,
  type Limits,
  leastsOf,
  reachOf,
  undrawnShare,
} from "./head_cells";
import type { Plan } from "./reading";

const ALL: Limits = { smallest: 0, share: 1 };

function planOf(queries: number, keys: number, more: Partial<Plan> = {}): Plan {
  return {
    block: 1,
    queries: axisOf(queries),
    keys: axisOf(keys),
    hidden: null,
    show: "weight",
    norms: null,
    renormaliseHidden: false,
    renormaliseKeys: false,
    ...more,
  };
}

function masks(cells: HeadCells): boolean[][] {
  return Array.from({ length: cells.queries }, (_, query) =>
    Array.from({ length: cells.keys }, (__, key) => isMasked(cells, query, key)),
  );
}

function square(values: number[], of: Layer | null, more: Partial<Plan> = {}): HeadCells {
  const size = Math.sqrt(values.length);
  const data = Float32Array.from(values);
  return headCells(data, [data], planOf(size, size, more), of, ALL);
}

describe("masked cells", () => {
  const [no, yes] = [false, true];

  it("are the later keys of a causal layer, and not a weight that happens to be 0", () => {
    const cells = square([1, 0, 0, 0, 1, 0, 0.5, 0, 0.5], PLAIN_LAYER);
    expect(masks(cells)).toEqual([
      [no, yes, yes],
      [no, no, yes],
      [no, no, no],
    ]);
  });

  it("are zeros where a layer has a mask of its own, weights alone, or where nothing is known of it", () => {
    const values = [1, 0, 0.5, 0.5];
    const whole = { causal: false };
    for (const of of [
      { ...PLAIN_LAYER, ...whole, mask: 0 },
      { ...PLAIN_LAYER, ...whole, bias: 0 },
      { ...PLAIN_LAYER, ...whole, weights_only: true },
      null,
    ])
      expect(masks(square(values, of))).toEqual([
        [no, yes],
        [no, no],
      ]);
    expect(masks(square(values, { ...PLAIN_LAYER, ...whole })).flat()).toEqual([no, no, no, no]);
  });

  it("do not hide weights that were logged alone, whatever is said of causality", () => {
    const cells = square([0.5, 0.5, 0.5, 0.5], { ...PLAIN_LAYER, weights_only: true });
    expect(masks(cells).flat()).toEqual([no, no, no, no]);
  });

  it("are columns that are left out", () => {
    const cells = square(
      [0, 0, 0, 1],
      { ...PLAIN_LAYER, causal: false },
      { hidden: Uint8Array.of(1, 0) },
    );
    expect(masks(cells)).toEqual([
      [yes, no],
      [yes, no],
    ]);
  });

  it("count only where they are so in A and in B", () => {
    const of = { ...PLAIN_LAYER, causal: false, mask: 0 };
    const [own, other] = [Float32Array.of(0, 0, 0.5, 0.5), Float32Array.of(0, 0.5, 0.5, 0.5)];
    const cells = headCells(differenceOf(own, other), [own, other], planOf(2, 2), of, ALL);
    expect(masks(cells)).toEqual([
      [yes, no],
      [no, no],
    ]);
    expect([...cells.data]).toEqual([0, -0.5, 0, 0]);
    expect(cells.signed).toBe(true);
  });
});

describe("reachOf", () => {
  it("sees a word whose first token is seen, and blocks likewise", () => {
    const words = axisOf(5, (token) => token !== 2 && token !== 4);
    expect([...reachOf(words, words, 0)]).toEqual([0, 1, 2]);
    expect([...reachOf(axisOf(5), words, 0)]).toEqual([0, 1, 1, 2, 2]);
    const blocks = blockAxis(10, 4);
    expect([...reachOf(blocks, blocks, 0)]).toEqual([0, 1, 2]);
  });

  it("counts the queries from where they begin, and sees nothing before the first column", () => {
    expect([...reachOf(axisOf(2), axisOf(5), 3)]).toEqual([3, 4]);
    const [a, b] = [axisOf(4, null, (token) => token < 2), axisOf(4, null, (token) => token >= 2)];
    expect([...reachOf(a, b, 0)]).toEqual([-1, -1]);
    expect([...reachOf(b, a, 0)]).toEqual([1, 1]);
  });
});

describe("leastsOf", () => {
  const masked = { reach: null, columns: null, zeros: [] };
  const open = { signed: false, span: 1, masked };
  const shape = { queries: 2, keys: 4 };
  const data = Float32Array.of(0.5, 0.25, 0.125, 0.125, 0.25, 0.25, 0.25, 0.25);

  it("is the smallest weight, or where the share of the query is reached", () => {
    expect([...leastsOf({ ...open, ...shape, data }, { smallest: 0.0625, share: 1 })]).toEqual([
      0.0625, 0.0625,
    ]);
    expect([...leastsOf({ ...open, ...shape, data }, { smallest: 0, share: 0.75 })]).toEqual([
      0.25, 0.25,
    ]);
    expect([...leastsOf({ ...open, ...shape, data }, { smallest: 0.5, share: 0.75 })]).toEqual([
      0.5, 0.5,
    ]);
  });

  it("goes by the size of differences", () => {
    const data = Float32Array.of(-0.5, 0.25, -0.125, 0.125);
    const signed = { ...open, queries: 1, keys: 4, data, signed: true };
    expect([...leastsOf(signed, { smallest: 0, share: 0.5 })]).toEqual([0.5]);
    expect(leastsOf({ ...signed, span: 0.5 }, { smallest: null, share: 1 })[0]).toBeCloseTo(0.01);
  });

  it("scales with the keys that a query sees where no number is set", () => {
    const auto = { smallest: null, share: 1 };
    const long = { ...open, queries: 3, keys: 1024, data: new Float32Array(3 * 1024) };
    const causal = { ...masked, reach: Int32Array.of(0, 99, 1023) };
    const [first, middle, last] = leastsOf({ ...long, masked: causal }, auto);
    expect(first).toBeCloseTo(0.02, 6);
    expect(middle).toBeCloseTo(0.005, 6);
    expect(last).toBeCloseTo(0.5 / 1024, 6);
    const columns = Uint8Array.from({ length: 1024 }, (_, key) => key % 2);
    const left = { ...long, masked: { ...masked, columns } };
    expect(leastsOf(left, auto)[0]).toBeCloseTo(0.5 / 512, 6);
  });
});

describe("undrawnShare", () => {
  const share = (values: number[], rows: number, smallest: number): number => {
    const columns = values.length / rows;
    const limits = { smallest, share: 1 };
    const whole = { ...PLAIN_LAYER, causal: false };
    const data = Float32Array.from(values);
    return undrawnShare(headCells(data, [data], planOf(rows, columns), whole, limits));
  };

  it("is what the smallest weight keeps from being drawn", () => {
    expect(share([0.9, 0.1, 0.05, 0.95], 2, 0.2)).toBeCloseTo(0.075);
    expect(share([0, 0, 0, 0], 2, 0.2)).toBe(0);
    expect(share([Number.NaN, 1], 1, 0.2)).toBe(0);
  });

  it("follows the share of each query, too", () => {
    const values = Float32Array.of(0.75, 0.25);
    const limits = { smallest: 0, share: 0.5 };
    const cells = headCells(
      values,
      [values],
      planOf(1, 2),
      { ...PLAIN_LAYER, causal: false },
      limits,
    );
    expect(undrawnShare(cells)).toBeCloseTo(0.25);
  });
});
