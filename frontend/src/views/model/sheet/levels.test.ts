import { expect, it } from "vitest";
import { type Level, levelsAt, nearness, nextLevel, shareOf, zoomFor } from "./levels";

it("goes from thumbnail to matrix, lines and neurons as one looks nearer", () => {
  const names = Array.from({ length: 101 }, (_, at) => levelsAt(at / 100)[0]?.level);
  expect([...new Set(names)]).toEqual(["thumbnail", "matrix", "lines", "neurons"]);
});

it("lays the next level over the one before, never all at once", () => {
  let before = 0;
  for (let share = 0.01; share <= 1; share += 0.002) {
    const [own, next] = levelsAt(share);
    expect(own?.alpha).toBe(1);
    const alpha = next?.alpha ?? 0;
    expect(alpha === 0 || alpha - before < 0.2).toBe(true);
    before = alpha;
  }
});

it("knows where a level is read best, and what comes next", () => {
  const all: Level[] = ["thumbnail", "matrix", "lines", "neurons"];
  for (const level of all.slice(1)) expect(levelsAt(shareOf(level))).toEqual([{ level, alpha: 1 }]);
  expect(all.map((level) => nextLevel(shareOf(level)))).toEqual([
    "matrix",
    "lines",
    "neurons",
    "neurons",
  ]);
});

it("is as near as a head is large, and never beyond a matrix where all heads are seen", () => {
  expect(nearness(1, 10)).toBeCloseTo(0.1);
  expect(nearness(5, 10)).toBeCloseTo(0.5);
  expect(nearness(10, 10)).toBeCloseTo(1);
  // Two heads fill the pane from the start.
  expect(levelsAt(nearness(1, 1.3))).toEqual([{ level: "matrix", alpha: 1 }]);
  expect(levelsAt(nearness(1.3, 1.3))).toEqual([{ level: "neurons", alpha: 1 }]);
  expect(nearness(1, 1)).toBeLessThan(0.5);
  for (const largest of [1.3, 10])
    for (const zoom of [1, 1.1, 1.3])
      expect(zoomFor(nearness(zoom, largest), largest)).toBeCloseTo(zoom);
});
