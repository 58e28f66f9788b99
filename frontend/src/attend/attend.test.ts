/** The golden files, which tests/standalone/test_attend_golden.py has from attend in Python. */

import { describe, expect, it } from "vitest";
import { flag, number, orNull } from "../api/json";
import { type Bundle, decodeSafetensors, floats, metadata, octets } from "../api/safetensors";
import { headWeights, scoresInto, weightsInto } from "./attend";
import type { AttentionLayer, Shared } from "./layer";

/** As data URLs. */
const files: Record<string, string> = import.meta.glob("./golden/*.safetensors", {
  query: "?url&inline",
  import: "default",
  eager: true,
});
const names = Object.keys(files).map((path) => path.replace(/^.*\/|\.safetensors$/g, ""));

function bundleOf(name: string): Bundle {
  const base64 = files[`./golden/${name}.safetensors`]?.split(",")[1] ?? "";
  return decodeSafetensors(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

function layerOf(bundle: Bundle): AttentionLayer {
  const about = metadata(bundle, {
    heads: number,
    key_heads: number,
    queries: number,
    keys: number,
    scale: number,
    causal: flag,
    query_start: number,
    softcap: orNull(number),
  });
  const of = (name: string, dimensions: number) =>
    bundle.tensors.has(name) ? floats(bundle, name, dimensions) : null;
  const shared = <T>(array: { shape: readonly number[]; data: T } | null): Shared<T> | null =>
    array && { heads: array.shape[0] ?? 0, data: array.data };
  const query = of("query", 3);
  return {
    heads: about.heads,
    keyHeads: about.key_heads,
    queries: about.queries,
    keys: about.keys,
    neurons: query?.shape[2] ?? 0,
    query: query?.data ?? null,
    key: of("key", 3)?.data ?? null,
    weights: of("weights", 3)?.data ?? null,
    scale: about.scale,
    causal: about.causal,
    queryStart: about.query_start,
    softcap: about.softcap,
    sinks: of("sinks", 1)?.data ?? [],
    mask: shared(bundle.tensors.has("mask") ? octets(bundle, "mask", 3) : null),
    bias: shared(of("bias", 3)),
    valueNorms: of("value_norms", 2)?.data ?? null,
  };
}

/** Largest difference; what is not finite must be the same. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  let largest = 0;
  for (let place = 0; place < expected.length; place++) {
    const [a, b] = [found[place] ?? 0, expected[place] ?? 0];
    if (!Number.isFinite(b)) expect(a).toBe(b);
    else largest = Math.max(largest, Math.abs(a - b));
    expect(Number.isFinite(a)).toBe(Number.isFinite(b));
  }
  return largest;
}

/** All rows of all heads. */
function rows(
  layer: AttentionLayer,
  into: (head: number, query: number, row: Float32Array) => void,
): Float32Array {
  const { heads, queries, keys } = layer;
  const out = new Float32Array(heads * queries * keys);
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < queries; query++) {
      const at = (head * queries + query) * keys;
      into(head, query, out.subarray(at, at + keys));
    }
  return out;
}

describe("attend", () => {
  it("has every case", () => {
    expect(names.length).toBeGreaterThanOrEqual(20);
  });

  it.each(names)("%s: weights and scores are those of Python", (name) => {
    const bundle = bundleOf(name);
    const layer = layerOf(bundle);
    const weights = rows(layer, (head, query, row) => weightsInto(layer, head, query, row));
    expect(difference(weights, floats(bundle, "expected", 3).data)).toBeLessThan(1e-5);
    const last = layer.heads - 1;
    expect(headWeights(layer, last)).toEqual(weights.slice(last * layer.queries * layer.keys));
    if (!bundle.tensors.has("expected_scores")) return;
    const scores = rows(layer, (head, query, row) => scoresInto(layer, head, query, row));
    expect(difference(scores, floats(bundle, "expected_scores", 3).data)).toBeLessThan(1e-4);
  });

  it.each(names.filter((name) => bundleOf(name).tensors.has("value_norms")))(
    "%s: shares of what arrives are those of Python",
    (name) => {
      const bundle = bundleOf(name);
      const layer = layerOf(bundle);
      const found = rows(layer, (head, query, row) =>
        weightsInto(layer, head, query, row, "arriving"),
      );
      expect(difference(found, floats(bundle, "expected_arriving", 3).data)).toBeLessThan(1e-5);
    },
  );

  it("says what is not known", () => {
    const layer = layerOf(bundleOf("weights_only"));
    expect(() => scoresInto(layer, 0, 0, new Float32Array(5))).toThrow("only the weights");
    expect(() =>
      weightsInto({ ...layer, valueNorms: null }, 0, 0, new Float32Array(5), "arriving"),
    ).toThrow("not known");
  });
});
