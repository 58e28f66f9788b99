/**
 * What the page answers by itself is what the server answers: of the golden captures, whose parts
 * tests/standalone/test_held_golden.py writes, against the golden answers.
 */

import { describe, expect, it } from "vitest";
import { parseJson } from "../api/json";
import { decodeSafetensors } from "../api/safetensors";
import addresses from "../golden/index.json";
import heldIndex from "./golden/index.json";
import { readIndex } from "./held";
import { pageSource } from "./source";

type Files = Readonly<Record<string, string>>;
/** As data URLs. */
const parts: Files = import.meta.glob("./golden/*", {
  query: "?url&inline",
  import: "default",
  eager: true,
});
const answers: Files = import.meta.glob("../golden/*.safetensors", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

function bytesAt(url: string | undefined): ArrayBuffer {
  const [head = "", body = ""] = url?.split(/,(.*)/s) ?? [];
  if (!head.endsWith("base64")) return new TextEncoder().encode(decodeURIComponent(body)).buffer;
  return Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)).buffer;
}

async function part(number: number): Promise<ArrayBuffer> {
  const name = Object.keys(parts).find((path) => path.startsWith(`./golden/${number}.`));
  return bytesAt(parts[name ?? ""]);
}

/** So that every answer is whole, in milliseconds. */
const LONG = 60_000;
const source = pageSource({ index: async () => readIndex(heldIndex), part }, LONG);
/** A page of the same captures that was made without layer 0. */
const lesser = pageSource(
  {
    index: async () => {
      const index = readIndex(heldIndex);
      return { ...index, layers: index.layers.filter((each) => each.layer !== 0) };
    },
    part,
  },
  LONG,
);
const never = new AbortController().signal;
const made = Object.entries(addresses).filter(([address]) =>
  /^(weights|row|neurons|value_norms|pair|contributions|distances|rollout|change|thumbnails)/.test(
    address,
  ),
);

/** Fails where numbers differ beyond what the form that they are sent in allows. */
function alike(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (let place = 0; place < expected.length; place++) {
    const [a, b] = [found[place] ?? 0, expected[place] ?? 0];
    if (Number.isFinite(b))
      expect(Math.abs(a - b)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(b)));
    else expect(a).toBe(b);
  }
}

describe("a page answers what the server answers", () => {
  it.each(made)("%s", async (address, file) => {
    const found = decodeSafetensors(await source.get(address, never));
    const expected = decodeSafetensors(bytesAt(answers[`../golden/${file}`]));
    expect([...found.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
    for (const [name, { shape, data }] of expected.tensors) {
      const tensor = found.tensors.get(name);
      expect(tensor?.shape).toEqual(shape);
      // A byte may be rounded the other way, and golden answers in float16 have three digits.
      const rounded = data instanceof Uint8Array ? 1 : /block=/.test(address) ? 1e-3 : 1e-4;
      alike(tensor?.data ?? [], data, rounded);
    }
    const values = (bundle: typeof expected) =>
      Object.fromEntries([...bundle.metadata].map(([name, text]) => [name, JSON.parse(text)]));
    const [own, others] = [values(found), values(expected)];
    expect(Object.keys(own).sort()).toEqual(Object.keys(others).sort());
    for (const [name, value] of Object.entries(others))
      if (typeof value === "number") expect(own[name]).toBeCloseTo(value, 4);
      else expect(own[name]).toEqual(value);
  });

  it("gives out what it holds", async () => {
    const runs = parseJson(await source.get("runs", never));
    expect(runs).toHaveProperty("runs.0.run", "base");
  });

  it("of layers that it was made without it says so, and answers of the others", async () => {
    const weights = "weights?run=base&tag=probe&step=20&layer=0";
    await expect(lesser.get(weights, never)).rejects.toThrow("of the layers 1, not of layer 0");
    const change = "change?run=base&tag=probe&step=20&with_run=base&with_tag=probe&with_step=0";
    const pair = "pair?run=base&tag=probe&query=9&key=2";
    for (const [address, name, note] of [
      [change, "distance", "Left out: layer 0, of which this page holds no queries and keys."],
      [pair, "weights", "Left out: 3 steps with layers of which this page holds no queries"],
    ] as const) {
      const { tensors, metadata } = decodeSafetensors(await lesser.get(address, never));
      const numbers = Array.from(tensors.get(name)?.data ?? []);
      expect(numbers.filter((each) => Number.isNaN(each)).length).toBe(numbers.length / 2);
      expect(metadata.get("notes")).toContain(note);
    }
  });

  it.each([
    ["weights?run=base&tag=probe&step=5&layer=0", "does not hold step 5"],
    ["weights?run=base&tag=probe&step=0&layer=7", "has no layer 7"],
    ["row?run=base&tag=probe&step=0&layer=0&query=99", "no query 99"],
    ["neurons?run=base&tag=rich&step=0&stack=cross&layer=0&head=0", "no neurons to show"],
    ["weights?run=base&tag=rich&step=0&layer=2&show=arriving", "What arrives is not known"],
    ["stars?run=base", "does not hold that"],
  ])("%s: says what is not there", async (address, sentence) => {
    await expect(source.get(address, never)).rejects.toThrow(sentence);
  });
});
