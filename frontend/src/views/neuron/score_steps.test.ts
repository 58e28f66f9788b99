import { expect, it } from "vitest";
import { PLAIN_LAYER } from "../../testing";
import type { Layer } from "../../types";
import { neuronFrame } from "./frame";
import { scoreSteps, sinkOf } from "./score_steps";

const layer: Layer = { ...PLAIN_LAYER, heads: 2, key_heads: 2, neurons: 2, scale: 0.5 };
const values = { queries: 2, keys: 2, neurons: 2, scale: 0.5, keyHead: 0 };
const neurons = {
  step: 0,
  layer: 0,
  head: 1,
  ...values,
  query: new Float32Array([1, 1, 2, 4]),
  key: new Float32Array([1, 1, 2, 2]),
};
const row = (score: number) => ({
  ...{ step: 0, layer: 0, query: 1, heads: 2, keys: 2 },
  weights: new Float32Array([0, 0, 0.25, 0.5]),
  scores: new Float32Array([0, 0, 0, score]),
});

function shown(over: Partial<Layer>, score: number): readonly (readonly [string, number])[] {
  const model = { ...layer, ...over };
  return scoreSteps(neuronFrame(neurons, row(score), 1, model), model, 1).map(({ name, value }) => [
    name,
    value,
  ]);
}

it("is score and softmax where nothing comes between", () => {
  expect(shown({}, 6)).toEqual([
    ["score q·k × scale", 6],
    ["softmax", 0.5],
  ]);
});

it("goes from the sum over soft cap and bias to the score", () => {
  const capped = 4 * Math.tanh(6 / 4);
  expect(shown({ softcap: 4, bias: 0 }, 3)).toEqual([
    ["sum of q × k × scale", 6],
    ["after soft cap 4", capped],
    ["bias added", 3 - capped],
    ["score", 3],
    ["softmax", 0.5],
  ]);
});

it("tells of the sink of this head, and what it takes", () => {
  expect(shown({ sinks: [7, -1] }, 6)).toContainEqual(["the sink's score", -1]);
  const frame = neuronFrame(neurons, row(6), 1, layer);
  expect(sinkOf(frame, { ...layer, sinks: [7, -1] })).toEqual({ score: -1, weight: 0.25 });
  expect(sinkOf(frame, layer)).toBeNull();
});
