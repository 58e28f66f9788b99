import { describe, expect, it } from "vitest";
import { frameOf, yOf } from "./frame";
import type { Line } from "./line";
import { MOST, placeNames } from "./names";

const frame = frameOf(456, 234, {
  places: [0, 100],
  values: [0, 1],
  log: false,
  ranks: false,
  named: false,
});

function line(name: string, last: number, bold = true): Line {
  return { id: 0, name, places: [0, 50, 100], values: [0.5, 0.5, last], colour: "#123456", bold };
}

describe("names of lines", () => {
  it("stand where bold lines end, and no others have one", () => {
    const beside = { ...line("beside", 0.7), unnamed: true };
    const all = [line("bold", 0.5), line("thin", 0.2, false), beside];
    const [name, ...others] = placeNames(all, frame);
    expect(others).toEqual([]);
    expect(name).toEqual({ text: "bold", colour: "#123456", dash: [], y: yOf(frame, 0.5) });
  });

  it("never overlap, and keep the order of the ends", () => {
    const lines = [0.5, 0.51, 0.49, 0.01, 0, 0.02].map((last) => line(String(last), last));
    const placed = placeNames(lines, frame);
    expect(placed.map(({ text }) => text)).toEqual(["0.51", "0.5", "0.49", "0.02", "0.01", "0"]);
    placed.slice(1).forEach((each, at) => {
      expect(each.y - (placed[at]?.y ?? 0)).toBeGreaterThanOrEqual(13 - 1e-9);
    });
    expect(placed[5]?.y).toBeLessThanOrEqual(frame.top + frame.height);
  });

  it("stand at the last number of a line", () => {
    expect(placeNames([line("gap", Number.NaN)], frame)[0]?.y).toBe(yOf(frame, 0.5));
    const none = { ...line("none", 0), values: [Number.NaN, Number.NaN, Number.NaN] };
    expect(placeNames([none], frame)).toEqual([]);
  });

  it("are as many as there is room for", () => {
    const many = Array.from({ length: 30 }, (_, at) => line(String(at), at / 30));
    expect(placeNames(many, frame)).toHaveLength(MOST);
    const low = frameOf(456, 74, { ...frame });
    expect(placeNames(many, low).length).toBeLessThan(4);
  });

  it("have room of their own, a third of the chart at most", () => {
    expect(frameOf(456, 234, { ...frame, nameRoom: 60 }).width).toBe(frame.width - 60);
    expect(frameOf(456, 234, { ...frame, nameRoom: 999 }).width).toBe(frame.width - 152);
  });
});
