import { expect, it } from "vitest";
import { heaviest } from "./heaviest";

it("finds the largest, in their places", () => {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (const most of [1, 10, 57, 300]) {
    const data = Float32Array.from({ length: 300 }, () =>
      random() < 0.2 ? 0 : (random() - 0.3) ** 3,
    );
    const wanted = [...data.keys()]
      .filter((at) => data[at] !== 0)
      .sort((a, b) => Math.abs(data[b] ?? 0) - Math.abs(data[a] ?? 0) || a - b)
      .slice(0, most)
      .sort((a, b) => a - b);
    const found = heaviest([data.subarray(0, 150), data.subarray(150)], 150, most);
    expect([...found.pairs]).toEqual(wanted);
    expect(found.all).toBe(data.filter((each) => each !== 0).length);
  }
});

it("takes as many of equal ones as there is room for", () => {
  expect([...heaviest([Float32Array.of(0.5, 1, 0.5, 0.5, 0)], 5, 3).pairs]).toEqual([0, 1, 2]);
});

it("never loses what is no number", () => {
  expect([...heaviest([Float32Array.of(0.5, Number.NaN, 0.25, 1)], 4, 2).pairs]).toEqual([1, 3]);
});

it("is content with nothing", () => {
  expect([...heaviest([new Float32Array(4)], 4, 3).pairs]).toEqual([]);
});
