import { describe, expect, it } from "vitest";
import { placeTicks, valueTicks } from "./ticks";

const measure = (text: string): number => 6 * text.length;
const values = (low: number, high: number, length: number): string[] =>
  valueTicks([low, high], length).map(({ text }) => text);
const places = (from: number, to: number, length: number, log = false): number[] =>
  placeTicks([from, to], length, log, measure).map(({ at }) => at);

describe("values", () => {
  it("are round numbers, as many as there is room for", () => {
    expect(values(0, 1, 200)).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1"]);
    expect(values(0, 1, 60)).toEqual(["0", "0.5", "1"]);
    expect(values(0, 0.06, 56)).toEqual(["0", "0.05"]);
    expect(values(-3, 6, 120)).toEqual(["−2", "0", "2", "4", "6"]);
  });

  it("never stand closer than their text is high", () => {
    for (const [low, high] of [
      [0, 1],
      [-0.3, 5.6],
      [1e-7, 3e-7],
      [0, 987_654],
    ] as const) {
      for (let length = 30; length < 300; length += 7) {
        const all = valueTicks([low, high], length);
        const [first, second] = all;
        if (!first || !second) continue;
        expect(((second.at - first.at) / (high - low)) * length).toBeGreaterThan(24 - 1e-9);
      }
    }
  });

  it("have at least one tick in the smallest box", () => {
    expect(values(0, 1, 1).length).toBeGreaterThan(0);
  });

  it("are told apart, however close they are", () => {
    expect(values(0.001, 0.002, 56)).toEqual(["0.001", "0.0015", "0.002"]);
    expect(values(5, 5.02, 56)).toEqual(["5", "5.01", "5.02"]);
    for (let power = -8; power < 6; power++)
      for (const high of [1.1, 2, 2.6, 3, 4.4, 7, 9.9]) {
        const all = values(0, high * 10 ** power, 200);
        expect(new Set(all).size).toBe(all.length);
      }
  });

  it("of one value alone are that value", () => {
    expect(values(2, 2, 100)).toEqual(["2"]);
  });
});

describe("places", () => {
  it("are whole, and have room for their text", () => {
    expect(places(0, 40, 214)).toEqual([0, 10, 20, 30, 40]);
    expect(places(0, 3, 400)).toEqual([0, 1, 2, 3]);
    expect(places(0, 9990, 214)).toEqual([0, 5000]);
    expect(places(0, 2, 20)).toEqual([0, 2]);
  });

  it("may be negative", () => {
    expect(placeTicks([-40, 40], 214, false, measure).map(({ text }) => text)).toEqual([
      "−40",
      "−20",
      "0",
      "20",
      "40",
    ]);
  });

  it("of one step are that step", () => {
    expect(places(30, 30, 214)).toEqual([30]);
  });

  it("are those at which log2(1 + place) is whole where they stand by it", () => {
    expect(places(0, 63, 214, true)).toEqual([0, 3, 15, 63]);
    expect(places(0, 60, 214, true)).toEqual([0, 1, 3, 7, 15, 31]);
    expect(places(0, 4095, 214, true)).toEqual([0, 15, 255, 4095]);
    expect(places(0, 15, 214, true)).toEqual([0, 1, 3, 7, 15]);
    expect(places(5, 40, 214, true)).toEqual([7, 15, 31]);
  });
});
