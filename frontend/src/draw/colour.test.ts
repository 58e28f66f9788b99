import { describe, expect, it } from "vitest";
import type { Theme } from "../types";
import {
  apart,
  changeEntry,
  changeRamp,
  diverging,
  headColour,
  headDash,
  inkOn,
  luminance,
  parseColour,
  rampColour,
  rampHex,
  sequential,
  weightEntry,
} from "./colour";
import { palette, paletteCss } from "./palette";

const THEMES: readonly Theme[] = ["light", "dark"];

/**
 * Sight without and with the three dichromacies: matrices on linear RGB (Machado, Oliveira,
 * Fernandes 2009, severity 1).
 */
const SIGHTS = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ],
  deutan: [
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ],
  tritan: [
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ],
} as const;

type Three = readonly [number, number, number];

function times(matrix: readonly number[], [x, y, z]: Three): Three {
  const line = (row: number): number =>
    (matrix[row * 3] ?? 0) * x + (matrix[row * 3 + 1] ?? 0) * y + (matrix[row * 3 + 2] ?? 0) * z;
  return [line(0), line(1), line(2)];
}

/** OKLab (Ottosson 2020) of a colour as it is seen. */
function seen(hex: string, sight: readonly number[]): Three {
  const linear = parseColour(hex).map((each) =>
    each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4,
  );
  const [r = 0, g = 0, b = 0] = times(sight, [linear[0] ?? 0, linear[1] ?? 0, linear[2] ?? 0]).map(
    (each) => Math.max(0, Math.min(1, each)),
  );
  const lms = times(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566,
      0.0883024619, 0.2817188376, 0.6299787005,
    ],
    [r, g, b],
  );
  const [l, m, s] = [Math.cbrt(lms[0]), Math.cbrt(lms[1]), Math.cbrt(lms[2])];
  return times(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099,
      0.0259040371, 0.7827717662, -0.808675766,
    ],
    [l, m, s],
  );
}

function closest(count: number, theme: Theme, sight: readonly number[]): number {
  const all = Array.from({ length: count }, (_, index) => seen(headColour(index, theme), sight));
  let least = Number.POSITIVE_INFINITY;
  all.forEach((one, index) => {
    for (const other of all.slice(index + 1))
      least = Math.min(least, Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
  });
  return least;
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(parseColour(one)), luminance(parseColour(other))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

describe.each(THEMES)("colours of heads, %s", (theme) => {
  // 0.02 is about the smallest difference that can be told side by side.
  it.each(Object.entries(SIGHTS))("are distinct in %s sight", (_, sight) => {
    expect(closest(12, theme, sight)).toBeGreaterThan(0.08);
    expect(closest(32, theme, sight)).toBeGreaterThan(0.04);
  });

  it("stand out from the page", () => {
    for (let head = 0; head < 32; head++)
      expect(contrast(headColour(head, theme), palette(theme).card)).toBeGreaterThan(1.8);
  });

  it("carry numbers that can be read", () => {
    for (let head = 0; head < 32; head++) {
      const colour = headColour(head, theme);
      expect(contrast(colour, inkOn(colour))).toBeGreaterThan(4.5);
    }
  });

  it("repeat with other dashes", () => {
    expect(headColour(32, theme)).toBe(headColour(0, theme));
    expect([headDash(0), headDash(32), headDash(64)].map(String)).toEqual(["", "6,3", "2,3"]);
  });
});

it("heads have the same hue in both themes, lighter on dark", () => {
  for (let head = 0; head < 32; head++) {
    const [light, dark] = THEMES.map((theme) => seen(headColour(head, theme), SIGHTS.normal));
    if (!light || !dark) continue;
    const turn = Math.atan2(light[2], light[1]) - Math.atan2(dark[2], dark[1]);
    expect(Math.cos(turn), `head ${head}`).toBeGreaterThan(Math.cos(Math.PI / 18));
    expect(dark[0]).toBeGreaterThan(light[0]);
  }
});

describe.each(THEMES)("ramps, %s", (theme) => {
  it("begin in the colour of the page and go one way", () => {
    expect(rampColour(sequential(theme), 0)).toBe(
      `rgb(${parseColour(palette(theme).card).join(" ")})`,
    );
    const light = Array.from({ length: 256 }, (_, entry) => {
      const [r = 0, g = 0, b = 0] = sequential(theme).slice(entry * 4, entry * 4 + 3);
      return luminance([r, g, b]) * (theme === "light" ? -1 : 1);
    });
    for (let entry = 1; entry < 256; entry++)
      expect(light[entry]).toBeGreaterThanOrEqual((light[entry - 1] ?? 0) - 1e-3);
  });

  it("have no holes", () => {
    expect(sequential(theme).length).toBe(1024);
    expect(
      diverging(theme)
        .filter((_, index) => index % 4 === 3)
        .every((alpha) => alpha === 255),
    ).toBe(true);
  });
});

it("can be read: text on its background", () => {
  for (const theme of THEMES) {
    const colours = palette(theme);
    for (const background of [colours.bg, colours.panel, colours.card, colours.accentSoft]) {
      expect(contrast(colours.text, background)).toBeGreaterThan(7);
      expect(contrast(colours.muted, background)).toBeGreaterThan(4.5);
    }
    expect(contrast(colours.accentInk, colours.accent)).toBeGreaterThan(4.5);
  }
});

it("names style variables as style sheets do", () => {
  expect(paletteCss("light")).toContain("--accent-soft: #");
});

it("follows the square root of a weight or a change where that is wanted", () => {
  expect([changeEntry(0.25, true), changeEntry(-0.25, true), changeEntry(2, false)]).toEqual([
    191, 64, 255,
  ]);
  expect([weightEntry(0.25, true), weightEntry(0.25, false), weightEntry(2, true)]).toEqual([
    128, 64, 255,
  ]);
});

describe("heads in one picture", () => {
  it("have their own colour, or one that no other wants", () => {
    expect(apart([3, 3, 0, 3, 1])).toEqual([3, 2, 0, 4, 1]);
    expect(apart([])).toEqual([]);
    for (const theme of THEMES) {
      const colours = apart([2, 2, 2, 0, 1, 2]).map((each) => headColour(each, theme));
      expect(new Set(colours).size).toBe(6);
    }
  });

  it.each(THEMES)("strokes over masked cells are seen, and quieter than a change (%s)", (theme) => {
    const { hatch, masked, card } = palette(theme);
    expect(contrast(hatch, masked)).toBeGreaterThan(1.3);
    for (const change of [-0.1, 0.1]) {
      const colour = rampHex(changeRamp(theme), changeEntry(change, true));
      expect(contrast(hatch, masked)).toBeLessThan(contrast(colour, card));
    }
  });
});
