import { describe, expect, it } from "vitest";
import { keyLine, queryLine, rankLinks } from "./ranking";

// Three tokens; two heads; rows are queries.
const FIRST = new Float32Array([1, 0, 0, 0.4, 0.6, 0, 0.5, 0.01, 0.49]);
const SECOND = new Float32Array([1, 0, 0, 0.9, 0.1, 0, 0.1, 0.015, 0.885]);

describe("rankLinks", () => {
  it("sorts what a query attends to by the sum of the heads", () => {
    const { links, below, mass, drawn } = rankLinks(
      [FIRST, SECOND],
      queryLine(2, 3),
      () => 0.02,
      null,
    );
    expect(links.map((link) => link.index)).toEqual([2, 0]);
    expect(links[0]?.weights.map((weight) => weight.toFixed(3))).toEqual(["0.490", "0.885"]);
    expect(below).toBe(1);
    expect(mass).toBeCloseTo(2, 5);
    expect(drawn).toBeCloseTo(1.975, 5);
  });

  it("sorts by one head", () => {
    expect(
      rankLinks([FIRST, SECOND], queryLine(2, 3), () => 0.02, 0).links.map((link) => link.index),
    ).toEqual([0, 2]);
  });

  it("finds what attends to a key", () => {
    const { links } = rankLinks([FIRST, SECOND], keyLine(0, 3, 3), () => 0.02, null);
    expect(links.map((link) => link.index)).toEqual([0, 1, 2]);
  });

  it("does not count what the mask hides", () => {
    const { links, below } = rankLinks([FIRST], queryLine(0, 3), () => 0.02, null);
    expect([links.length, below]).toEqual([1, 0]);
    expect(
      rankLinks([FIRST], keyLine(2, 3, 3), () => 0.02, null).links.map((link) => link.index),
    ).toEqual([2]);
  });

  it("knows a smallest weight for each series and token", () => {
    const { links, below, drawn } = rankLinks(
      [FIRST, SECOND],
      queryLine(2, 3),
      (place, index) => (index === 0 ? 0.2 : place === 0 ? 0.1 : 1),
      null,
    );
    expect([links.map((link) => link.index), below]).toEqual([[2, 0], 1]);
    expect(drawn).toBeCloseTo(0.99, 5);
  });

  it("counts what is not a number", () => {
    const { links, broken } = rankLinks(
      [new Float32Array([Number.NaN, 0.4, Number.NaN])],
      queryLine(0, 3),
      () => 0.02,
      null,
    );
    expect([links.length, broken]).toEqual([1, 2]);
  });

  it("keeps the order of the text where weights are equal", () => {
    const even = new Float32Array(5).fill(0.2);
    expect(
      rankLinks([even], queryLine(0, 5), () => 0, null).links.map((link) => link.index),
    ).toEqual([0, 1, 2, 3, 4]);
  });
});
