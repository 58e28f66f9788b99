/** Answers about all layers of a capture: thumbnails with something left out, and rollout. */

import { ApiError } from "../../api/error";
import { weightsInto } from "../../attend/attend";
import type { AttentionLayer } from "../../attend/layer";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import { type At, findStack, type Holding } from "../holding";
import { keptOf, pooled } from "../kept";
import { Pace } from "../pace";
import { NO_LENGTHS } from "./layer";

/** Largest number of rows and of columns of a thumbnail. */
const SIZE = 32;
/** Tokens of the longest text that is rolled out. */
const MOST = 2048;
const DONE = { progress: 1, done: true };

function binOf(place: number, tokens: number): number {
  return Math.floor((place * Math.min(SIZE, tokens)) / Math.max(tokens, 1));
}

export async function thumbnails(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const at: At = { ...asked.probe(), step: asked.integer("step") };
  const capture = await holding.capture(at);
  const stack = findStack(capture, asked.stack());
  const leftOut = asked.leftOut();
  const heads = Math.max(...stack.layers.map((each) => each.heads));
  const pace = new Pace(signal);
  let [out, rows, columns] = [new Uint8Array(0), 0, 0];
  for (const [place, about] of stack.layers.entries()) {
    const layer = await holding.layer(at, stack, about);
    if (leftOut.show === "arriving" && layer.valueNorms === null)
      throw new ApiError(NO_LENGTHS, 404);
    const kept = keptOf(capture, stack, about, layer, leftOut);
    for (let head = 0; head < layer.heads; head++) {
      const cells = pooled(layer, head, kept, leftOut.show, binOf);
      if (out.length === 0) {
        [rows, columns] = [cells.rows, cells.columns];
        out = new Uint8Array(stack.layers.length * heads * rows * columns);
      }
      const from = (place * heads + head) * rows * columns;
      // The square root keeps small weights visible.
      cells.data.forEach((mass, cell) => {
        out[from + cell] = Math.round(255 * Math.sqrt(Math.min(Math.max(mass || 0, 0), 1)));
      });
      await pace.breathe();
    }
  }
  return encodeArrays(
    { thumbnails: { shape: [stack.layers.length, heads, rows, columns], data: out } },
    { layers: stack.layers.map((each) => each.layer), ...DONE },
  );
}

/** R_l = (A_l + I) / 2, rows divided by their sum, times R_(l - 1) (Abnar and Zuidema 2020). */
export async function rollout(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const at: At = { ...asked.probe(), step: asked.integer("step") };
  const stack = findStack(await holding.capture(at), asked.stack());
  if (stack.query_sequence !== stack.key_sequence) throw new ApiError(OTHER_TEXT, 400);
  if (stack.layers.some((each) => each.query_start > 0)) throw new ApiError(NO_QUERIES, 400);
  if (stack.layers.some((each) => each.logged_heads !== null)) throw new ApiError(SOME_HEADS, 400);
  const layers = stack.layers.map((each) => each.layer);
  const last = asked.optional("layer") ?? layers.at(-1) ?? 0;
  if (!layers.includes(last))
    throw new ApiError(`The stack ${stack.name} has no layer ${last}.`, 404);
  const below = stack.layers.filter((each) => each.layer <= last);
  const pace = new Pace(signal);
  let before: Float32Array | null = null;
  let tokens = 0;
  for (const about of below) {
    const layer = await holding.layer(at, stack, about);
    tokens = layer.queries;
    if (tokens > MOST) throw new ApiError(TOO_LONG, 400);
    before = await rolledOut(layer, before, pace);
  }
  return encodeArrays(
    { rollout: { shape: [tokens, tokens], data: before ?? new Float32Array(0) } },
    {
      stack: stack.name,
      layer: last,
      layers,
      notes: notesOf(below.map((each) => each.layer)),
      ...DONE,
    },
  );
}

const OTHER_TEXT =
  "This stack attends to the tokens of another text, so there is nothing to roll out: choose a stack whose tokens attend to each other.";
const NO_QUERIES =
  "The first tokens of this text have no queries, so their way through the layers is not known: log the text in one pass.";
const SOME_HEADS =
  "A rollout takes the mean over all heads, and only some were logged: log without heads=.";
const TOO_LONG = `A rollout is made of at most ${MOST} tokens: choose a shorter text.`;

async function rolledOut(
  layer: AttentionLayer,
  before: Float32Array | null,
  pace: Pace,
): Promise<Float32Array> {
  const { heads, queries: tokens } = layer;
  const into = new Float32Array(tokens * tokens);
  const weights = new Float32Array(tokens);
  for (let query = 0; query < tokens; query++) {
    const passed = new Float64Array(tokens);
    for (let head = 0; head < heads; head++) {
      weightsInto(layer, head, query, weights);
      for (let key = 0; key < tokens; key++)
        passed[key] = (passed[key] ?? 0) + (weights[key] ?? 0) / heads;
    }
    passed[query] = (passed[query] ?? 0) + 1;
    const total = passed.reduce((sum, each) => sum + each, 0);
    const row = into.subarray(query * tokens, (query + 1) * tokens);
    for (let key = 0; key < tokens; key++) {
      const share = (passed[key] ?? 0) / total;
      if (before === null) row[key] = share;
      else if (share !== 0)
        for (let to = 0; to < tokens; to++)
          row[to] = (row[to] ?? 0) + share * (before[key * tokens + to] ?? 0);
    }
    await pace.breathe();
  }
  return into;
}

function notesOf(below: readonly number[]): readonly string[] {
  const missing = Array.from({ length: (below.at(-1) ?? -1) + 1 }, (_, layer) => layer).filter(
    (layer) => !below.includes(layer),
  );
  if (missing.length === 0) return [];
  const which = missing.slice(0, 8).join(", ") + (missing.length > 8 ? " ..." : "");
  return [`Without the layers that were not logged or have no attention: ${which}.`];
}
