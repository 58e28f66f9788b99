/** `distances`: what the neurons of a head contribute, and what it weighs, by distance. */

import { byDistance, commonShare } from "../../attend/by_distance";
import { fitLine } from "../../attend/theil_sen";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import type { Holding } from "../holding";
import { foundLayer } from "./layer";

export async function distances(holding: Holding, asked: Asked): Promise<ArrayBuffer> {
  const { layer } = await foundLayer(holding, asked);
  const head = asked.integer("head");
  const { first, pairs, scores, weights, contributions } = byDistance(layer, head);
  const log = asked.parameters.get("axis") === "log";
  const places = Array.from(pairs, (_, at) => {
    const size = Math.abs(first + at);
    return log ? Math.log2(1 + size) : size;
  });
  const lines = contributions.map((each) => fitLine(places, pairs, each));
  const strength = lines.map(([slope, , r2]) => {
    const clear = Math.abs(slope) * r2;
    return Number.isNaN(clear) ? Number.NEGATIVE_INFINITY : clear;
  });
  const order = lines.map((_, n) => n).sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0));
  const count = pairs.length;
  const all = new Float32Array(lines.length * count);
  for (const [n, each] of contributions.entries()) all.set(each, n * count);
  const { queries, keys, neurons } = layer;
  const keyHead = Math.floor(head / (layer.heads / layer.keyHeads));
  const share = (vectors: Float32Array | null, of: number, tokens: number): number | null =>
    vectors &&
    commonShare(vectors.subarray(of * tokens * neurons, (of + 1) * tokens * neurons), neurons);
  return encodeArrays(
    {
      pairs: { shape: [count], data: Float32Array.from(pairs) },
      contributions: { shape: [lines.length, count], data: all },
      scores: { shape: [count], data: Float32Array.from(scores) },
      weights: { shape: [count], data: Float32Array.from(weights) },
      lines: { shape: [lines.length, 3], data: Float32Array.from(lines.flat()) },
      score_line: { shape: [3], data: Float32Array.from(fitLine(places, pairs, scores)) },
      order: { shape: [order.length], data: Int32Array.from(order) },
    },
    {
      first,
      query_common: share(layer.query, head, queries),
      key_common: share(layer.key, keyHead, keys),
    },
  );
}
