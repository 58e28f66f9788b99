/** `distances`: what the neurons of a head contribute, and what it weighs, by distance. */

import { byDistance, commonShare, isClear, joined, turnsBack } from "../../attend/by_distance";
import { fitLine } from "../../attend/theil_sen";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import type { Holding } from "../holding";
import { foundLayer } from "./layer";

export async function distances(holding: Holding, asked: Asked): Promise<ArrayBuffer> {
  const { layer, about } = await foundLayer(holding, asked);
  const head = asked.integer("head");
  const found = byDistance(layer, head);
  const { first, pairs, scores, weights, contributions } = found;
  const partners = about.rotary && layer.query !== null && layer.neurons % 2 === 0;
  const curves = partners ? joined(contributions) : contributions;
  const log = asked.parameters.get("axis") === "log";
  const places = Array.from(pairs, (_, at) => {
    const size = Math.abs(first + at);
    return log ? Math.log2(1 + size) : size;
  });
  const lines = curves.map((each) => fitLine(places, pairs, each));
  const turns = curves.map((each, n) => turnsBack(found, each, lines[n]?.[0] ?? Number.NaN));
  const clear = lines.map((each, n) => Number(isClear(each, turns[n] ?? Number.NaN)));
  const strength = lines.map(([slope, , r2]) => {
    const clear = Math.abs(slope) * r2;
    return Number.isNaN(clear) ? Number.NEGATIVE_INFINITY : clear;
  });
  const order = lines.map((_, n) => n).sort((a, b) => (strength[b] ?? 0) - (strength[a] ?? 0));
  const count = pairs.length;
  const all = new Float32Array(contributions.length * count);
  for (const [n, each] of contributions.entries()) all.set(each, n * count);
  const { queries, keys, neurons } = layer;
  const keyHead = Math.floor(head / (layer.heads / layer.keyHeads));
  const share = (vectors: Float32Array | null, of: number, tokens: number): number | null =>
    vectors &&
    commonShare(vectors.subarray(of * tokens * neurons, (of + 1) * tokens * neurons), neurons);
  return encodeArrays(
    {
      pairs: { shape: [count], data: Float32Array.from(pairs) },
      contributions: { shape: [contributions.length, count], data: all },
      scores: { shape: [count], data: Float32Array.from(scores) },
      weights: { shape: [count], data: Float32Array.from(weights) },
      lines: { shape: [lines.length, 3], data: Float32Array.from(lines.flat()) },
      score_line: { shape: [3], data: Float32Array.from(fitLine(places, pairs, scores)) },
      turns_back: { shape: [turns.length], data: Float32Array.from(turns) },
      clear: { shape: [clear.length], data: Uint8Array.from(clear) },
      order: { shape: [order.length], data: Int32Array.from(order) },
    },
    {
      first,
      partners,
      query_common: share(layer.query, head, queries),
      key_common: share(layer.key, keyHead, keys),
    },
  );
}
