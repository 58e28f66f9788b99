import { describe, expect, it } from "vitest";
import type { Neurons, Row } from "../../types";
import { belongTogether, difference, neuronFrame } from "./frame";

const causal = { causal: true, query_start: 0 };

function neurons(over: Partial<Neurons> = {}): Neurons {
  const query = new Float32Array([1, 2, 3, 4, 5, 6]);
  const key = new Float32Array([1, 0, 0, 1, -1, 2]);
  return {
    step: 7,
    layer: 1,
    head: 1,
    queries: 3,
    keys: 3,
    neurons: 2,
    scale: 0.5,
    keyHead: 0,
    query,
    key,
    ...over,
  };
}

function row(over: Partial<Row> = {}): Row {
  const weights = new Float32Array([0.9, 0.1, 0, 0.4, 0.6, 0]);
  const scores = new Float32Array([9, 9, 9, 1.5, 2, Number.NEGATIVE_INFINITY]);
  return { step: 7, layer: 1, query: 1, heads: 2, keys: 3, weights, scores, ...over };
}

describe("neuronFrame", () => {
  it("takes the head's part of the row and multiplies q, k and scale", () => {
    const frame = neuronFrame(neurons(), row(), 1, causal);
    expect([...frame.queryVector]).toEqual([3, 4]);
    expect([...frame.products]).toEqual([1.5, 0, 0, 2, -1.5, 4]);
    expect([...frame.sums]).toEqual([1.5, 2, 2.5]);
    expect([...(frame.scores ?? [])]).toEqual([1.5, 2, Number.NEGATIVE_INFINITY]);
    expect(frame.weights[1]).toBeCloseTo(0.6);
  });
  it("knows by position and by mask what is not seen", () => {
    expect([...neuronFrame(neurons(), row(), 1, causal).seen]).toEqual([1, 1, 0]);
    expect([...neuronFrame(neurons(), row(), 1, { causal: false, query_start: 0 }).seen]).toEqual([
      1, 1, 0,
    ]);
    const shifted = row({ scores: new Float32Array(6) });
    expect([...neuronFrame(neurons(), shifted, 1, { causal: true, query_start: 1 }).seen]).toEqual([
      1, 1, 1,
    ]);
  });
  it("does not call a score unseen that is infinite of itself", () => {
    const key = new Float32Array([Number.NEGATIVE_INFINITY, 0, 0, 1, -1, 2]);
    const scores = new Float32Array([0, 0, 0, Number.NEGATIVE_INFINITY, 2, 0]);
    const frame = neuronFrame(neurons({ key }), row({ scores }), 1, causal);
    expect([...frame.seen]).toEqual([1, 1, 0]);
    expect(frame.products[0]).toBe(Number.NEGATIVE_INFINITY);
  });
  it("does with weights alone", () => {
    const frame = neuronFrame(null, row({ scores: null }), 0, causal);
    expect([frame.neurons, frame.products.length, frame.scores]).toEqual([0, 0, null]);
    expect([...frame.seen]).toEqual([1, 1, 0]);
    expect(frame.weights[0]).toBeCloseTo(0.9);
  });
});

describe("belongTogether", () => {
  it("refuses answers of two steps, layers, heads or lengths", () => {
    expect(belongTogether(neurons(), row(), 1)).toBe(true);
    expect(belongTogether(neurons(), row({ step: 8 }), 1)).toBe(false);
    expect(belongTogether(neurons(), row({ layer: 2 }), 1)).toBe(false);
    expect(belongTogether(neurons(), row(), 0)).toBe(false);
    expect(belongTogether(neurons({ keys: 4 }), row(), 1)).toBe(false);
    expect(belongTogether(neurons(), row({ query: 3 }), 1)).toBe(false);
  });
});

describe("difference", () => {
  it("is a - b in every number, over what both see", () => {
    const a = neuronFrame(neurons(), row(), 1, causal);
    const b = neuronFrame(neurons({ query: new Float32Array([1, 2, 1, 1, 5, 6]) }), row(), 1, {
      causal: true,
      query_start: -1,
    });
    const both = difference(a, b);
    expect([...(both?.queryVector ?? [])]).toEqual([2, 3]);
    expect([...(both?.products ?? [])]).toEqual([1, 0, 0, 1.5, -1, 3]);
    expect([...(both?.weights ?? [])]).toEqual([0, 0, 0]);
    expect([...(both?.seen ?? [])]).toEqual([1, 0, 0]);
  });
  it("is of the same keys and neurons only", () => {
    const a = neuronFrame(neurons(), row(), 1, causal);
    expect(difference(a, neuronFrame(null, row({ scores: null }), 1, causal))).toBeNull();
  });
});
