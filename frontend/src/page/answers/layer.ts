/** Answers about one layer of one capture: weights, rows, neurons, lengths of values. */

import type { Capture, CaptureStack, Layer } from "../../api/answers/capture";
import { ApiError } from "../../api/error";
import { headWeights, scoresInto, weightsInto } from "../../attend/attend";
import type { AttentionLayer } from "../../attend/layer";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import { type At, findLayer, findStack, type Holding } from "../holding";
import { keptOf, pooled } from "../kept";
import { Pace } from "../pace";

/** The layer that is asked for, with what its capture says of it. */
export interface Found {
  readonly capture: Capture;
  readonly stack: CaptureStack;
  readonly about: Layer;
  readonly layer: AttentionLayer;
}

export async function foundLayer(holding: Holding, asked: Asked): Promise<Found> {
  const at: At = { ...asked.probe(), step: asked.integer("step") };
  const capture = await holding.capture(at);
  const stack = findStack(capture, asked.stack());
  const about = findLayer(stack, asked.integer("layer"));
  const layer = await holding.layer(at, stack, about);
  const { show } = asked.leftOut();
  if (show === "arriving" && layer.valueNorms === null) throw new ApiError(NO_LENGTHS, 404);
  return { capture, stack, about, layer };
}

export const NO_LENGTHS =
  "What arrives is not known: the lengths of values were not logged. Choose weights.";

/** The heads that are asked for: one, or all. */
function headsOf(asked: Asked, { heads }: AttentionLayer): readonly number[] {
  const head = asked.optional("head");
  if (head === null) return Array.from({ length: heads }, (_, each) => each);
  if (head < 0 || head >= heads)
    throw new ApiError(`This layer has the heads 0 to ${heads - 1}, and no head ${head}.`, 404);
  return [head];
}

export async function weights(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const { capture, stack, about, layer } = await foundLayer(holding, asked);
  const heads = headsOf(asked, layer);
  const leftOut = asked.leftOut();
  const block = asked.optional("block");
  const pace = new Pace(signal);
  const parts: Float32Array[] = [];
  let [rows, columns] = [layer.queries, layer.keys];
  for (const head of heads) {
    if (block === null) parts.push(headWeights(layer, head, leftOut.show));
    else {
      const kept = keptOf(capture, stack, about, layer, leftOut);
      const cells = pooled(layer, head, kept, leftOut.show, (place) => Math.floor(place / block));
      [rows, columns] = [cells.rows, cells.columns];
      parts.push(cells.data);
    }
    await pace.breathe();
  }
  return encodeArrays({ weights: { shape: [heads.length, rows, columns], data: joined(parts) } });
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((size, each) => size + each.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export async function valueNorms(holding: Holding, asked: Asked): Promise<ArrayBuffer> {
  const { layer } = await foundLayer(holding, asked);
  if (layer.valueNorms === null) throw new ApiError(NO_LENGTHS, 404);
  return encodeArrays({ norms: { shape: [layer.heads, layer.keys], data: layer.valueNorms } });
}

export async function neurons(holding: Holding, asked: Asked): Promise<ArrayBuffer> {
  const { layer, about } = await foundLayer(holding, asked);
  const [head = 0] = headsOf(asked, layer);
  const { query, key, queries, keys, neurons: count } = layer;
  if (query === null || key === null)
    throw new ApiError(
      `Only the weights of layer ${about.layer} are known, because the model does not give ` +
        "queries and keys: they have no neurons to show.",
      404,
    );
  const keyHead = Math.floor(head / (layer.heads / layer.keyHeads));
  return encodeArrays(
    {
      query: {
        shape: [queries, count],
        data: query.subarray(head * queries * count, (head + 1) * queries * count),
      },
      key: {
        shape: [keys, count],
        data: key.subarray(keyHead * keys * count, (keyHead + 1) * keys * count),
      },
    },
    { scale: Number.isFinite(layer.scale) ? layer.scale : String(layer.scale), key_head: keyHead },
  );
}

export async function row(holding: Holding, asked: Asked): Promise<ArrayBuffer> {
  const { layer } = await foundLayer(holding, asked);
  const query = asked.integer("query");
  if (query < 0 || query >= layer.queries)
    throw new ApiError(
      `There are the queries 0 to ${layer.queries - 1}, and no query ${query}.`,
      404,
    );
  const heads = headsOf(asked, layer);
  const { show } = asked.leftOut();
  const shape = [heads.length, layer.keys];
  const each = (into: (head: number, out: Float32Array) => void): Float32Array =>
    joined(
      heads.map((head) => {
        const out = new Float32Array(layer.keys);
        into(head, out);
        return out;
      }),
    );
  const found = each((head, out) => weightsInto(layer, head, query, out, show));
  const scores =
    layer.weights === null ? each((head, out) => scoresInto(layer, head, query, out)) : null;
  return encodeArrays({
    weights: { shape, data: found },
    ...(scores ? { scores: { shape, data: scores } } : {}),
  });
}
