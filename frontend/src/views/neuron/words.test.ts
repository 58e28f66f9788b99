import { describe, expect, it } from "vitest";
import { PLAIN_LAYER } from "../../testing";
import type { Layer } from "../../types";
import { neuronFrame } from "./frame";
import { headNotes, tokenAt, unseenNote } from "./words";

const layer: Layer = { ...PLAIN_LAYER, heads: 4, key_heads: 2, neurons: 8 };

describe("tokenAt", () => {
  it("aligns tokens and positions at their ends", () => {
    expect(tokenAt(["a", "b"], 2, 1)).toBe("b");
    expect(tokenAt(["a", "b"], 3, 2)).toBe("b");
    expect(tokenAt(["a", "b"], 3, 0)).toBe("position 0");
    expect(tokenAt(["a", "b", "c"], 1, 0)).toBe("c");
  });
});

describe("sentences", () => {
  it("name the heads that share a key head, rotation and what follows q.k", () => {
    expect(headNotes(layer, [2], 2, 2)).toEqual([]);
    expect(headNotes({ ...layer, rotary: true }, [2, 3], 2, 1)).toEqual([
      "Shares key head 1 with head 3.",
      "q and k after rotation.",
    ]);
    expect(headNotes({ ...layer, softcap: 50, bias: 0, sinks: [1] }, [0], 0, 0)).toHaveLength(3);
  });
  it("count the keys that are not seen", () => {
    const row = (query: number) => ({
      step: 0,
      layer: 0,
      query,
      heads: 1,
      keys: 3,
      weights: new Float32Array(3),
      scores: null,
    });
    expect([2, 1, 0].map((query) => unseenNote(neuronFrame(null, row(query), 0, layer)))).toEqual([
      "",
      "1 token is not seen by this query.",
      "2 tokens are not seen by this query.",
    ]);
  });
});
