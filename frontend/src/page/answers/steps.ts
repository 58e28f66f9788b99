/** Answers about one query and one key at all steps: their weights, and what neurons contribute. */

import type { Capture, CaptureStack } from "../../api/answers/capture";
import { ApiError, isAbort } from "../../api/error";
import { scoresInto, weightsInto } from "../../attend/attend";
import type { Asked } from "../asked";
import { encodeArrays } from "../encode";
import { findLayer, findStack, type Holding, LayerNotHeld, stepArray } from "../holding";
import type { Tell } from "../jobs";
import { keptOf, leaveOut } from "../kept";
import { Pace } from "../pace";

/** What an answer says of how far it is, after so many of its steps. */
function howFar(steps: number, of: number) {
  return { progress: of === 0 ? 1 : steps / of, done: steps === of };
}

function plural(count: number): string {
  return `${count} step${count === 1 ? "" : "s"}`;
}

/** Null for a layer that the page was made without: it leaves those that it holds. */
function unlessNotHeld(error: unknown): null {
  if (error instanceof LayerNotHeld) return null;
  throw error;
}

/** The tokens at the two places; an error where there are none. */
function tokensAt(capture: Capture, stack: CaptureStack, query: number, key: number): string {
  const places = [
    ["queries", stack.query_sequence, query],
    ["keys", stack.key_sequence, key],
  ] as const;
  const tokens = places.map(([name, sequence, place]) => {
    const all = capture.sequences[sequence]?.tokens ?? [];
    const token = all[place];
    if (token === undefined)
      throw new ApiError(`There are the ${name} 0 to ${all.length - 1}, and no ${place}.`, 404);
    return token;
  });
  return JSON.stringify(tokens);
}

export async function pair(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
  tell: Tell,
): Promise<ArrayBuffer> {
  const probe = asked.probe();
  const steps = await holding.steps(probe);
  const [query, key, leftOut] = [asked.integer("query"), asked.integer("key"), asked.leftOut()];
  const step = asked.optional("step") ?? steps.at(-1) ?? 0;
  const meantIn = await holding.capture({ ...probe, step });
  const stack = findStack(meantIn, asked.stack());
  const meant = tokensAt(meantIn, stack, query, key);
  const layers = stack.layers.map((each) => each.layer);
  const heads = Math.max(...stack.layers.map((each) => each.heads));
  const weights = new Float32Array(steps.length * layers.length * heads).fill(Number.NaN);
  const failed = { other: 0, norms: 0, absent: 0 };
  const pace = new Pace(signal);

  const fill = async (place: number): Promise<keyof typeof failed | null> => {
    const at = { ...probe, step: steps[place] ?? 0 };
    const capture = await holding.capture(at);
    const own = findStack(capture, stack.name);
    if (tokensAt(capture, own, query, key) !== meant) return "other";
    let absent = false;
    for (const [row, number] of layers.entries()) {
      const about = findLayer(own, number);
      const layer = await holding.layer(at, own, about).catch(unlessNotHeld);
      absent ||= layer === null;
      if (layer === null) continue;
      if (leftOut.show === "arriving" && layer.valueNorms === null) return "norms";
      const kept = keptOf(capture, own, about, layer, leftOut);
      const out = new Float32Array(layer.keys);
      for (let head = 0; head < Math.min(heads, layer.heads); head++) {
        weightsInto(layer, head, query, out, leftOut.show);
        leaveOut(out, kept, kept.hidden?.(head) ?? null);
        weights[(place * layers.length + row) * heads + head] = out[key] ?? Number.NaN;
      }
      await pace.breathe();
    }
    return absent ? "absent" : null;
  };

  const soFar = (read: number): ArrayBuffer => {
    const notes = (["other", "norms", "absent"] as const)
      .filter((each) => failed[each] > 0)
      .map((each) => `Left out: ${plural(failed[each])} with ${WITHOUT[each]}.`);
    return encodeArrays(
      {
        steps: stepArray(steps),
        weights: { shape: [steps.length, layers.length, heads], data: weights },
      },
      { stack: stack.name, layers, notes, ...howFar(read, steps.length) },
    );
  };
  for (const place of steps.keys()) {
    tell(() => soFar(place));
    const why = await fill(place).catch((error: unknown) => {
      if (isAbort(error)) throw error;
      return "other" as const;
    });
    if (why === null) continue;
    failed[why] += 1;
    if (why === "norms")
      weights.fill(Number.NaN, place * layers.length * heads, (place + 1) * layers.length * heads);
  }
  return soFar(steps.length);
}

/** What steps that are left out of a pair have, or have not. */
const WITHOUT = {
  other: "other tokens or layers there",
  norms: "no lengths of values, so that what arrives is not known there",
  absent: "layers of which this page holds no queries and keys",
};

export async function contributions(
  holding: Holding,
  asked: Asked,
  signal: AbortSignal,
  tell: Tell,
): Promise<ArrayBuffer> {
  const probe = asked.probe();
  const steps = await holding.steps(probe);
  const [number, head] = [asked.integer("layer"), asked.integer("head")];
  const [query, key] = [asked.integer("query"), asked.integer("key")];
  const at = (place: number) => ({ ...probe, step: steps[place] ?? 0 });
  const last = await holding.capture(at(steps.length - 1));
  const lastStack = findStack(last, asked.stack());
  tokensAt(last, lastStack, query, key);
  const about = findLayer(lastStack, number);
  const count = about.weights_only ? 0 : about.neurons;
  const products = new Float32Array(steps.length * count).fill(Number.NaN);
  const scores = new Float32Array(steps.length).fill(Number.NaN);
  const weights = new Float32Array(steps.length).fill(Number.NaN);
  const pace = new Pace(signal);

  const fill = async (place: number): Promise<void> => {
    const capture = await holding.capture(at(place));
    const stack = findStack(capture, lastStack.name);
    const layer = await holding.layer(at(place), stack, findLayer(stack, number));
    if (query >= layer.queries || key >= layer.keys || head >= layer.heads)
      throw new Error("fewer");
    if (layer.weights === null && layer.neurons !== count) throw new Error("other neurons");
    const row = new Float32Array(layer.keys);
    weightsInto(layer, head, query, row);
    weights[place] = row[key] ?? Number.NaN;
    if (layer.query === null || layer.key === null) return;
    scoresInto(layer, head, query, row);
    scores[place] = row[key] ?? Number.NaN;
    const keyHead = Math.floor(head / (layer.heads / layer.keyHeads));
    const [q, k] = [(head * layer.queries + query) * count, (keyHead * layer.keys + key) * count];
    for (let n = 0; n < count; n++)
      products[place * count + n] =
        (layer.query[q + n] ?? 0) * (layer.key[k + n] ?? 0) * layer.scale;
  };

  let leftOut = 0;
  const soFar = (read: number): ArrayBuffer => {
    const notes = leftOut > 0 ? [`Left out: ${plural(leftOut)} without this score.`] : [];
    return encodeArrays(
      {
        steps: stepArray(steps),
        contributions: { shape: [steps.length, count], data: products },
        scores: { shape: [steps.length], data: scores },
        weights: { shape: [steps.length], data: weights },
      },
      { notes, ...howFar(read, steps.length) },
    );
  };
  for (const place of steps.keys()) {
    tell(() => soFar(place));
    await fill(place).catch((error: unknown) => {
      if (isAbort(error)) throw error;
      // Fewer tokens, or another number of neurons: one step must not hide all others.
      leftOut += 1;
    });
    await pace.breathe();
  }
  return soFar(steps.length);
}
