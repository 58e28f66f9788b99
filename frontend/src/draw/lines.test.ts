import { describe, expect, it } from "vitest";
import { drawCurves, edgeAt, type Pen, placeCurves, ports, rise, strongestEdges } from "./lines";

/** A reproducible stream of numbers 0..1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function causal(count: number, seed: number): Float32Array {
  const next = random(seed);
  const data = new Float32Array(count * count);
  for (let query = 0; query < count; query++) {
    const row = Array.from({ length: query + 1 }, () => next() ** 6);
    const sum = row.reduce((total, each) => total + each, 0);
    row.forEach((each, key) => {
      data[query * count + key] = each / sum;
    });
  }
  return data;
}

const whole = (count: number) => ({ queries: [0, count] as const, keys: [0, count] as const });

describe("strongestEdges", () => {
  it("finds the same edges as sorting all of them", () => {
    const series = [causal(40, 1), causal(40, 2), causal(40, 3)];
    const found = strongestEdges(series, 40, whole(40), () => 0.01, 200);
    const all = series.flatMap((data) => [...data]).filter((weight) => weight >= 0.01);
    all.sort((a, b) => b - a);
    expect(found.count).toBe(200);
    expect(found.candidates).toBe(all.length);
    const weights = [...found.weight].sort((a, b) => b - a);
    // Within one class of equal weights any may be taken: classes are narrower than 1/2048.
    weights.forEach((weight, at) => {
      expect(Math.abs(weight - (all[at] ?? 0))).toBeLessThan(1 / 2048);
    });
    expect(found.mass).toBeCloseTo(
      weights.reduce((total, each) => total + each, 0),
      4,
    );
  });

  it("has a smallest weight for each query of each series", () => {
    const data = new Float32Array([0.5, 0.5, 0.4, 0.6]);
    const found = strongestEdges(
      [data, data],
      2,
      whole(2),
      (series, query) => (series === 0 ? 0 : query === 0 ? 1 : 0.5),
      10,
    );
    expect([found.count, found.candidates, [...found.series].sort()]).toEqual([
      5,
      5,
      [0, 0, 0, 0, 1],
    ]);
  });

  it("ascends, so that the strongest are drawn on top", () => {
    const { weight, count } = strongestEdges([causal(64, 7)], 64, whole(64), () => 0, 500);
    for (let at = 1; at < count; at++)
      expect(weight[at]).toBeGreaterThan((weight[at - 1] ?? 0) - 1 / 2048);
  });

  it("names head, query and key of each edge", () => {
    const first = new Float32Array([0.5, 0, 0.1, 0.9]);
    const second = new Float32Array([0, 0.25, 0, 0]);
    const { count, series, query, key, weight } = strongestEdges(
      [first, second],
      2,
      whole(2),
      () => 0.2,
      10,
    );
    const edges = Array.from({ length: count }, (_, at) => [
      series[at],
      query[at],
      key[at],
      weight[at],
    ]);
    expect(edges).toEqual([
      [1, 0, 1, 0.25],
      [0, 0, 0, 0.5],
      [0, 1, 1, expect.closeTo(0.9, 6)],
    ]);
  });

  it("stays within its region and counts the weight of all of it", () => {
    const data = causal(30, 5);
    const found = strongestEdges(
      [data],
      30,
      { queries: [10, 14], keys: [0, 30] },
      () => 0.05,
      1000,
    );
    expect([...found.query].every((query) => query >= 10 && query < 14)).toBe(true);
    expect(found.massOfAll).toBeCloseTo(4, 4);
    expect(found.mass).toBeLessThan(found.massOfAll);
  });

  it("draws neither masked nor broken weights, even where the threshold is 0", () => {
    const found = strongestEdges(
      [new Float32Array([0, Number.NaN, 0.3, -1])],
      2,
      whole(2),
      () => 0,
      10,
    );
    expect([found.count, found.candidates, found.broken]).toEqual([1, 1, 1]);
  });

  it("takes all where the limit is not reached, and none of nothing", () => {
    expect(strongestEdges([causal(12, 3)], 12, whole(12), () => 0, 10_000).count).toBe(78);
    expect(strongestEdges([], 0, whole(0), () => 0, 10).count).toBe(0);
  });
});

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
