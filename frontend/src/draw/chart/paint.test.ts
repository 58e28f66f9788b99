import { describe, expect, it } from "vitest";
import { SvgContext } from "../../export/svg_context";
import { type Frame, frameOf, type Scales } from "./frame";
import type { Line } from "./line";
import {
  paintAxes,
  paintBold,
  paintMarks,
  paintPlace,
  paintPointed,
  paintThin,
  paintTip,
} from "./paint";

const line = (values: number[], given: Partial<Line> = {}): Line => ({
  id: 0,
  name: "L0 H1",
  places: [0, 50, 100].slice(0, values.length),
  values: Float32Array.from(values),
  colour: "#123456",
  bold: true,
  ...given,
});
const frame = (scales: Partial<Scales> = {}): Frame =>
  frameOf(456, 234, {
    places: [0, 100],
    values: [0, 1],
    log: false,
    ranks: false,
    named: false,
    ...scales,
  });

/** As export paints it. */
function painted(paint: (context: CanvasRenderingContext2D) => void): string {
  const context = new SvgContext({
    measure: (text) => ({ width: 6 * text.length, fontBoundingBoxAscent: 10 }),
    png: () => "",
  });
  paint(context as unknown as CanvasRenderingContext2D);
  const about = { title: "", caption: "", facts: {}, source: "" };
  return context.text(456, 234, { millimetres: [114, 58.5], about });
}

/** Colour and path of what is drawn in `svg`. */
function paths(svg: string, attribute: "stroke" | "fill"): string[] {
  return [...svg.matchAll(new RegExp(`<path d="([^"]*)"[^>]* ${attribute}="(#[^"]*)"`, "g"))].map(
    (found) => `${found[2]} ${found[1]}`,
  );
}

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((found) => found[1] ?? "");

describe("axes", () => {
  it("of a low chart above another one have the ends of the values only", () => {
    const bare = frame({ bare: true, values: [-0.312, 4.06] });
    const svg = painted((context) => paintAxes(context, bare, { across: "", up: "" }));
    expect(texts(svg)).toEqual(["−0.31", "4.1"]);
  });

  it("have their numbers as text, and no names where the chart has a title", () => {
    const svg = painted((context) => paintAxes(context, frame(), { across: "step", up: "" }));
    expect(texts(svg)).toEqual([
      "0",
      "0.2",
      "0.4",
      "0.6",
      "0.8",
      "1",
      "0",
      "20",
      "40",
      "60",
      "80",
      "100",
    ]);
    expect(svg.match(/<path/g)).toHaveLength(6);
  });

  it("have names, and lines both ways, where they are asked for", () => {
    const svg = painted((context) =>
      paintAxes(context, frame({ named: true }), { across: "step", up: "softmax" }),
    );
    expect(texts(svg).slice(-2)).toEqual(["step", "softmax"]);
    expect(svg.match(/<path/g)).toHaveLength(12);
    expect(svg).toMatch(/transform="matrix\(0 -1 1 0 [^>]*>softmax</);
  });

  it("keep the text of the last place on the canvas", () => {
    const long = frame({ places: [0, 1_000_000] });
    const svg = painted((context) => paintAxes(context, long, { across: "step", up: "" }));
    // In the middle of nine letters of six pixels, which end at the right edge, 456.
    expect(svg).toMatch(/ x="429" [^>]*>1,000,000</);
  });

  it("name the first and the last rank", () => {
    const ranks = frame({ values: [1, 32], ranks: true });
    const svg = painted((context) => paintAxes(context, ranks, { across: "step", up: "" }));
    expect(texts(svg).slice(0, 2)).toEqual(["1", "32"]);
  });
});

describe("lines", () => {
  it("go from point to point", () => {
    const svg = painted((context) => paintBold(context, frame(), [line([0, 1, 0.5])]));
    expect(paths(svg, "stroke")).toEqual(["#123456 M44 210L244 10L444 110"]);
    expect(svg).toContain('stroke-width="2"');
  });

  it("have gaps where a value is not finite", () => {
    for (const gap of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const places = [0, 25, 50, 75, 100];
      const svg = painted((context) =>
        paintBold(context, frame(), [line([0, 1, gap, 1, 0], { places })]),
      );
      expect(paths(svg, "stroke")).toEqual(["#123456 M44 210L144 10M344 10L444 210"]);
      expect(paths(svg, "fill")).toEqual([]);
    }
  });

  it("are a dot where a point stands alone", () => {
    const one = frame({ places: [30, 30] });
    const svg = painted((context) => paintBold(context, one, [line([0.5], { places: [30] })]));
    expect(paths(svg, "fill")).toHaveLength(1);
    const gaps = [line([1, Number.NaN, 0.5])];
    expect(
      paths(
        painted((context) => paintBold(context, frame(), gaps)),
        "fill",
      ),
    ).toHaveLength(2);
  });

  it("are drawn thin or bold, each once", () => {
    const both = [line([0, 1, 0], { bold: false }), line([1, 0, 1], { dash: [4, 3], width: 1.5 })];
    const thin = painted((context) => paintThin(context, frame(), both));
    expect(paths(thin, "stroke")).toEqual(["#123456 M44 210L244 10L444 210"]);
    expect(thin).toContain('stroke-width="1" opacity="0.8"');
    const bold = painted((context) => paintBold(context, frame(), both));
    expect(paths(bold, "stroke")).toEqual(["#123456 M44 10L244 210L444 10"]);
    expect(bold).toContain('stroke-width="1.5" stroke-dasharray="4 3"');
  });

  it("are paler the more there are", () => {
    const many = Array.from({ length: 144 }, () => line([0, 1, 0], { bold: false }));
    expect(painted((context) => paintThin(context, frame(), many))).toContain('opacity="0.28"');
  });

  it("need no points", () => {
    expect(
      paths(
        painted((context) => paintBold(context, frame(), [line([])])),
        "stroke",
      ),
    ).toEqual([]);
  });
});

it("marks places that are in sight", () => {
  const marks = [
    { place: 50, dashed: false },
    { place: 0, dashed: true },
    { place: 101, dashed: false },
  ];
  const svg = painted((context) => paintMarks(context, frame(), marks));
  expect(paths(svg, "stroke").map((each) => each.slice(8))).toEqual([
    "M244.5 10L244.5 210",
    "M44.5 10L44.5 210",
  ]);
  expect(svg.match(/stroke-dasharray="3 3"/g)).toHaveLength(1);
});

describe("under the pointer", () => {
  const words = { place: "step", format: (value: number) => value.toFixed(2) };

  it("a line is bold, and told with its place and value", () => {
    const lines = [line([0, 0.5, 1]), line([1, 0.25, Number.NaN], { name: "L0 H2" })];
    const at = { line: 1, index: 1 };
    const tip = painted((context) => paintTip(context, frame(), lines, at, words));
    expect(texts(tip)).toEqual(["L0 H2 · step 50 · 0.25"]);
    const bold = painted((context) => paintPointed(context, frame(), lines, at));
    expect(paths(bold, "stroke")).toEqual(["#123456 M44 10L244 160"]);
    expect(bold).toContain('stroke-width="2.5"');
    expect(paths(bold, "fill")).toHaveLength(1);
  });

  it("nothing is told of what has gone or is no number", () => {
    const lines = [line([0, Number.NaN, 1])];
    for (const at of [
      { line: 0, index: 1 },
      { line: 0, index: 7 },
      { line: 3, index: 0 },
    ]) {
      const svg = painted((context) => {
        paintPointed(context, frame(), lines, at);
        paintTip(context, frame(), lines, at, words);
      });
      expect(svg).not.toMatch(/<text|<path/);
    }
  });

  it("every line has a dot at the place, but for gaps", () => {
    const lines = [line([0, 0.5, 1]), line([1, Number.NaN, 1], { colour: "#654321" })];
    const dots = (place: number): number =>
      paths(
        painted((context) => paintPlace(context, frame(), lines, place)),
        "fill",
      ).length;
    expect([dots(0), dots(50)]).toEqual([2, 1]);
  });
});
