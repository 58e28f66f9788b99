import { describe, expect, it } from "vitest";
import { strongestEdges } from "../../draw/edges";
import { drawnText, linksText, rankingText, titleText } from "./notes";
import { strongestOf } from "./panel/StrongestLinks";

const ranking = (links: number, below: number, mass: number, drawn: number) => ({
  links: Array.from({ length: links }, (_, index) => ({ index, weights: [], drawn: [] })),
  below,
  mass,
  drawn,
  broken: 0,
});

const LIMIT = { drawn: "of 0.02 and more", left: "below 0.02" };

describe("rankingText", () => {
  it("says how much is not drawn", () => {
    expect(rankingText(ranking(6, 3, 1, 0.97), "query", LIMIT)).toBe(
      "6 of 9 keys, 97 % of the weight. 3 below 0.02 are not drawn.",
    );
    expect(rankingText(ranking(1, 1, 2, 1.9999), "key", { ...LIMIT, left: "below 0.1" })).toBe(
      "1 of 2 queries, over 99 % of the weight. 1 below 0.1 is not drawn.",
    );
  });

  it("says that weights are broken before anything else", () => {
    expect(rankingText({ ...ranking(1, 0, 1, 1), broken: 1024 }, "query", LIMIT)).toBe(
      "1,024 weights are not numbers (NaN).",
    );
  });

  it("says where there is nothing", () => {
    expect(rankingText(ranking(0, 0, 0, 0), "key", LIMIT)).toBe("No query attends to this key.");
  });
});

describe("drawnText and linksText", () => {
  const data = new Float32Array([1, 0, 0.4, 0.6]);
  const region = { queries: [0, 2] as const, keys: [0, 2] as const };

  it("says how much is drawn", () => {
    const edges = strongestEdges([data], 2, region, () => 0.5, 10);
    expect(drawnText(edges)).toBe("80 % of the weight is drawn");
    expect(linksText(edges, { ...LIMIT, drawn: "of 0.5 and more" }, { seen: 2, all: 2 })).toBe(
      "2 links of 2 queries, of 0.5 and more.",
    );
  });

  it("says of one query and one link that they are one", () => {
    const edges = strongestEdges([data], 2, { ...region, queries: [0, 1] }, () => 0.5, 10);
    expect(linksText(edges, LIMIT, { seen: 1, all: 1 })).toBe(
      "1 link of 1 query, of 0.02 and more.",
    );
  });

  it("says that only the strongest are drawn", () => {
    const edges = strongestEdges([data], 2, region, () => 0, 1);
    expect(drawnText(edges)).toBe("50 % of the weight is drawn");
    expect(linksText(edges, LIMIT, { seen: 2, all: 1024 })).toContain(
      "The strongest 1 of 3 links of the 2 queries in view, of 0.02 and more.",
    );
  });
});

describe("titleText", () => {
  it("names layer and heads", () => {
    expect(titleText(5, [1, 4, 10], false, false)).toBe("Layer 5, heads 1 4 10");
    expect(titleText(5, [4], false, true)).toBe("Layer 5, head");
    expect(titleText(5, [1, 4], true, true)).toBe("Layer 5, mean of heads 1 4");
    expect(
      titleText(
        5,
        Array.from({ length: 25 }, (_, head) => head),
        false,
        false,
      ),
    ).toBe("Layer 5, 25 heads");
  });
});

describe("strongestOf", () => {
  const data = new Float32Array([1, 0, 0, 0.3, 0.7, 0, 0.2, 0.1, 0.7]);
  const edges = strongestEdges([data], 3, { queries: [0, 3], keys: [0, 3] }, () => 0, 100);

  it("leaves out the first query, whose only weight is always 1", () => {
    const places = strongestOf(edges, (query) => query === 0, 2);
    expect(places.map((place) => edges.query[place])).not.toContain(0);
    expect(places.map((place) => edges.weight[place]?.toFixed(2))).toEqual(["0.70", "0.70"]);
  });

  it("keeps it where it sees several keys", () => {
    expect(strongestOf(edges, () => false, 1).map((place) => edges.weight[place])).toEqual([1]);
  });
});
