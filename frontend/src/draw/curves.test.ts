import { describe, expect, it } from "vitest";
import { drawCurves, edgeAt, type Pen, placeCurves, ports, rise } from "./curves";
import { strongestEdges } from "./edges";

const whole = (count: number) => ({ queries: [0, count] as const, keys: [0, count] as const });

const PLACEMENT = {
  queryY: (query: number) => 10 + 20 * query,
  keyY: (key: number) => 10 + 20 * key,
  port: (series: number) => series * 2,
  widest: 6,
  strength: (weight: number) => weight,
};

describe("curves", () => {
  const edges = strongestEdges([new Float32Array([1, 0, 0.25, 0.75])], 2, whole(2), () => 0, 10);
  const curves = placeCurves(edges, PLACEMENT);

  it("start at their query and end at their key, wider and denser with the weight", () => {
    expect([...curves.edges.weight]).toEqual([0.25, 0.75, 1]);
    expect([...curves.from]).toEqual([30, 30, 10]);
    expect([...curves.to]).toEqual([10, 30, 10]);
    expect([...curves.width]).toEqual([1.5, 4.5, 6]);
    expect(curves.alpha[0]).toBeLessThan(curves.alpha[1] ?? 0);
    expect(curves.alpha[2]).toBeCloseTo(1);
  });

  it("are found where they run, by numbers of a Bézier curve", () => {
    // de Casteljau on (0, 30) (0.5, 30) (0.5, 10) (1, 10) at t = 0.3
    const bezier = (a: number, b: number, c: number, d: number, t: number): number =>
      a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3;
    const x = bezier(0, 0.5, 0.5, 1, 0.3);
    const y = bezier(30, 30, 10, 10, 0.3);
    expect(30 - 20 * rise(x)).toBeCloseTo(y, 5);
    expect(edgeAt(curves, x, y, 0.1)).toBe(0);
  });

  it("are not found where none is near, and the strongest wins where several are", () => {
    expect(edgeAt(curves, 0.5, 60, 5)).toBe(-1);
    expect(edgeAt(curves, 0, 30, 5)).toBe(1);
  });

  it("rise from 0 over one half to 1", () => {
    expect([rise(0), rise(0.5), rise(1)].map((each) => Number(each.toFixed(4)))).toEqual([
      0, 0.5, 1,
    ]);
  });
});

describe("ports", () => {
  it("keep the lines of heads apart within the row", () => {
    for (const count of [1, 2, 4, 12, 25]) {
      const { offset, widest } = ports(count, 20);
      const ends = [offset(0) - widest / 2, offset(count - 1) + widest / 2];
      expect(ends[0]).toBeGreaterThanOrEqual(-10);
      expect(ends[1]).toBeLessThanOrEqual(10);
      expect(offset(0) + offset(count - 1)).toBeCloseTo(0);
    }
    expect(ports(4, 20).offset(1)).toBeGreaterThan(ports(4, 20).offset(0));
  });
});

describe("drawCurves", () => {
  /** A pen that notes each stroke. */
  function recorder(): { pen: Pen; drawn: { colour: unknown; alpha: number }[] } {
    const drawn: { colour: unknown; alpha: number }[] = [];
    const pen: Pen = {
      strokeStyle: "",
      globalAlpha: 1,
      lineWidth: 1,
      lineCap: "butt",
      beginPath: () => undefined,
      moveTo: () => undefined,
      bezierCurveTo: () => undefined,
      stroke: () => {
        drawn.push({ colour: pen.strokeStyle, alpha: pen.globalAlpha });
      },
    };
    return { pen, drawn };
  }
  const edges = strongestEdges(
    [new Float32Array([1, 0, 0.25, 0.75]), new Float32Array([0, 0, 0.5, 0])],
    2,
    whole(2),
    () => 0,
    10,
  );
  const curves = placeCurves(edges, PLACEMENT);

  it("draws every curve in the colour of its head", () => {
    const { pen, drawn } = recorder();
    drawCurves(pen, curves, { left: 0, right: 100, height: 50 }, ["red", "blue"]);
    expect(drawn.map((each) => each.colour)).toEqual(["red", "blue", "red", "red"]);
  });

  it("leaves out what is out of sight and fades what it is told to", () => {
    const { pen, drawn } = recorder();
    drawCurves(pen, curves, { left: 0, right: 100, height: 20 }, ["red", "blue"], (edge) =>
      edge === 0 ? 0.5 : 1,
    );
    expect(drawn).toHaveLength(3);
    expect(drawn[0]?.alpha).toBeCloseTo((curves.alpha[0] ?? 0) * 0.5);
  });
});
