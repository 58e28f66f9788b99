import { expect, it, vi } from "vitest";
import type { CaptureStack, Layer } from "../api/answers/capture";
import { encodeArrays } from "./encode";
import { Holding } from "./holding";

const LAYERS = [0, 1, 2, 3];

/** A page of one capture, whose layers have the parts of their numbers, and what is asked of it. */
function held(broken: readonly number[] = []) {
  const asked: number[] = [];
  const of = { run: "r", tag: "t", step: 0, stack: "s", mask: null, bias: null, problem: null };
  const layers = LAYERS.map((layer) => ({ ...of, layer, tensors: layer }));
  const other = { ...of, step: 1, layer: 0, tensors: 9 };
  const numbers = { shape: [1, 1, 2], data: Float32Array.of(1, 2) };
  const holding = new Holding({
    index: async () => ({ version: 1, fonts: [], answers: [], layers: [...layers, other] }),
    part: async (number) => {
      asked.push(number);
      if (broken.includes(number)) throw new Error("It is broken.");
      return encodeArrays({ query: numbers, key: numbers });
    },
  });
  const stack: unknown = { name: "s" };
  const about = (layer: number): unknown => ({ layer });
  const layer = (number: number) =>
    holding.layer({ run: "r", tag: "t", step: 0 }, stack as CaptureStack, about(number) as Layer);
  return { asked, layer };
}

it("reads the other layers of a capture ahead, the nearest first, and each one once", async () => {
  const { asked, layer } = held();
  await layer(2);
  expect(asked).toEqual([2]);
  await vi.waitFor(() => expect(asked).toEqual([2, 1, 3, 0]), 5000);
  for (const each of LAYERS) await layer(each);
  expect(asked).toHaveLength(4);
});

it("tells of what cannot be read whoever asks for it", async () => {
  const { asked, layer } = held([1]);
  await layer(0);
  await vi.waitFor(() => expect(asked).toEqual([0, 1]), 5000);
  await expect(layer(1)).rejects.toThrow("It is broken.");
});
