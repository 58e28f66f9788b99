import { describe, expect, it } from "vitest";
import { type Edges, strongestEdges } from "./edges";
import {
  drawLinks,
  linkAt,
  lookOf,
  type Pen,
  picturePencil,
  placeLinks,
  ports,
  SOFT,
  STRONG,
} from "./links";

const whole = (count: number) => ({ queries: [0, count] as const, keys: [0, count] as const });

const PLACEMENT = {
  queryY: (query: number) => 10 + 20 * query,
  keyY: (key: number) => 10 + 20 * key,
  port: (series: number) => series * 2,
};
/** As wide and as dense as the weight. */
const placed = (edges: Edges) =>
  placeLinks(edges, {
    ...PLACEMENT,
    look: (edge) => ({ width: 6 * (edges.weight[edge] ?? 0), alpha: edges.weight[edge] ?? 0 }),
  });

describe("links", () => {
  const edges = strongestEdges([new Float32Array([1, 0, 0.25, 0.75])], 2, whole(2), () => 0, 10);
  const links = placed(edges);

  it("start at their query and end at their key, wider and denser with the weight", () => {
    expect([...links.edges.weight]).toEqual([0.25, 0.75, 1]);
    expect([...links.from]).toEqual([30, 30, 10]);
    expect([...links.to]).toEqual([10, 30, 10]);
    expect([...links.width]).toEqual([1.5, 4.5, 6]);
    expect(links.alpha[0]).toBeLessThan(links.alpha[1] ?? 0);
    expect(links.alpha[2]).toBeCloseTo(1);
  });

  it("are found where they run: straight from the query to the key", () => {
    expect(linkAt(links, 0.3, 30 - 20 * 0.3, 0.1)).toBe(0);
    expect(linkAt(links, 0.3, 30 - 20 * 0.3 + 3, 0.1)).toBe(-1);
  });

  it("are not found where none is near, and the strongest wins where several are", () => {
    expect(linkAt(links, 0.5, 60, 5)).toBe(-1);
    expect(linkAt(links, 0, 30, 5)).toBe(1);
  });
});

describe("lookOf", () => {
  it("makes a line wider and denser with its strength, and keeps the picture soft", () => {
    const [weak, half, full] = [0, 0.5, 1].map((strength) => lookOf(SOFT, strength, 6));
    expect(weak).toEqual({ width: SOFT.thinnest, alpha: SOFT.faintest });
    expect(half?.width).toBeCloseTo(SOFT.widest / 2);
    expect(full).toEqual({ width: SOFT.widest, alpha: expect.closeTo(SOFT.densest) });
    expect(lookOf(STRONG, 1, 6).alpha).toBe(1);
    expect(lookOf(STRONG, 1, 6).width).toBeGreaterThan(full?.width ?? 0);
  });

  it("is clear where a picture may have few lines, and soft where it may have many", () => {
    const [few, some, many] = [12 * 12, 24 * 64, 25 * 1024].map((links) =>
      lookOf(picturePencil(links), 0.4, 6),
    );
    expect(many).toEqual(lookOf(SOFT, 0.4, 6));
    expect(some?.alpha).toBeGreaterThan(many?.alpha ?? 1);
    expect(few?.alpha).toBeGreaterThan(1.5 * (many?.alpha ?? 1));
    expect(few?.width).toBeGreaterThan(1.5 * (many?.width ?? 1));
  });

  it("keeps to the room that a row has", () => {
    expect(lookOf(STRONG, 1, 2).width).toBe(2);
    expect(lookOf(STRONG, 1, 0.1).width).toBe(STRONG.thinnest);
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

describe("drawLinks", () => {
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
      lineTo: () => undefined,
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
  const links = placed(edges);

  it("draws every line in the colour of its head", () => {
    const { pen, drawn } = recorder();
    drawLinks(pen, links, { left: 0, right: 100, height: 50 }, ["red", "blue"]);
    expect(drawn.map((each) => each.colour)).toEqual(["red", "blue", "red", "red"]);
  });

  it("leaves out what is out of sight and fades what it is told to", () => {
    const { pen, drawn } = recorder();
    drawLinks(pen, links, { left: 0, right: 100, height: 20 }, ["red", "blue"], (edge) =>
      edge === 0 ? 0.5 : 1,
    );
    expect(drawn).toHaveLength(3);
    expect(drawn[0]?.alpha).toBeCloseTo((links.alpha[0] ?? 0) * 0.5);
  });
});
