/** Colours: one per head, and ramps of 256 steps for weights and signed numbers. */

import type { Theme } from "../types";

// Pairs of one hue, darker on light and lighter on dark, so that a head keeps its colour in both
// themes. They were grown by taking, again and again, the pair farthest (OKLab) from those already
// taken, the distance being the smallest of normal, protan, deutan and tritan sight in both themes:
// the first n heads are the most distinct ones. The first ten are bright.
const HEADS: Record<Theme, readonly string[]> = {
  light: [
    ["#037cb7", "#d0b74a", "#773a02", "#14c8d6", "#c16046", "#4711c8", "#a80265", "#b9930b"],
    ["#01aa95", "#644395", "#492826", "#3e0081", "#5e41eb", "#a8bfa1", "#8c8de6", "#9a5506"],
    ["#89718b", "#2b5042", "#6b015c", "#9da562", "#025d69", "#6e886e", "#6e0300", "#715c95"],
    ["#2a01a1", "#543282", "#795d46", "#0a3a41", "#b253bc", "#86b5b3", "#b07b08", "#a981b6"],
  ].flat(),
  dark: [
    ["#4ca9e5", "#f3db77", "#b3652a", "#5cedfb", "#ed8d73", "#6e5cfc", "#ea3594", "#e9b905"],
    ["#48d4bd", "#9273c5", "#7e5855", "#714ec0", "#8783fe", "#cce4c4", "#b5b8fe", "#cc813e"],
    ["#b59bb7", "#5a8171", "#a63c92", "#c4cc8b", "#368f9d", "#98b397", "#b63224", "#9d89c2"],
    ["#4e4ae7", "#8264b4", "#a88972", "#3f6b73", "#de81e6", "#abdbd8", "#daa54b", "#d2a9de"],
  ].flat(),
};

/**
 * The colour of a head, as #rrggbb; from the 33rd head on they repeat with the dashes of
 * `headDash`.
 */
export function headColour(head: number, theme: Theme): string {
  const colours = HEADS[theme];
  return colours[head % colours.length] ?? "#888888";
}

/**
 * Numbers for `headColour` and `headDash` that are told apart in one picture: the wanted ones, where
 * one is wanted twice the smallest that nobody wants.
 */
export function apart(wanted: readonly number[]): readonly number[] {
  const [taken, asked] = [new Set<number>(), new Set(wanted)];
  let free = 0;
  return wanted.map((each) => {
    while (taken.has(free) || asked.has(free)) free++;
    const own = taken.has(each) ? free : each;
    taken.add(own);
    return own;
  });
}

/** Line dash of a head, for setLineDash: solid for the first 32 heads, then dashed, then dotted. */
export function headDash(head: number): number[] {
  const dashes = [[], [6, 3], [2, 3]];
  return dashes[Math.floor(head / HEADS.light.length) % dashes.length] ?? [];
}

/** Black or white, whichever can be read better on a #rrggbb background: by 4.5 to 1 at least. */
export function inkOn(background: string): "#000000" | "#ffffff" {
  return luminance(parseColour(background)) > 0.179 ? "#000000" : "#ffffff";
}

/** [r, g, b] 0..255 of #rrggbb. */
export function parseColour(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** WCAG relative luminance 0..1. */
export function luminance([red, green, blue]: readonly [number, number, number]): number {
  const linear = (channel: number): number => {
    const unit = channel / 255;
    return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

const SEQUENTIAL: Record<Theme, readonly string[]> = {
  light: ["#ffffff", "#d7d9ea", "#9a9fca", "#5c64a6", "#263278"],
  dark: ["#343434", "#3f4b60", "#537099", "#6f97cf", "#a9ceff"],
};

const DIVERGING: Record<Theme, readonly string[]> = {
  light: ["#a84300", "#f08c3c", "#ffffff", "#5b96d8", "#12508f"],
  dark: ["#ffab5c", "#c26a1e", "#343434", "#3d7dc4", "#8cc2ff"],
};

const CHANGE: Record<Theme, readonly string[]> = {
  light: ["#0b4f9e", "#6fa8dc", "#ffffff", "#e88078", "#a50f15"],
  dark: ["#7db8ff", "#3f6fa8", "#343434", "#a8504a", "#ff8f85"],
};

/** Of a line or a bar that stands for a change, as #rrggbb. */
export function changeColour(sign: "more" | "less", theme: Theme): string {
  return CHANGE[theme][sign === "less" ? 0 : CHANGE[theme].length - 1] ?? "#888888";
}

/** A colour half way to the page, as #rrggbb: B beside A. */
export function pale(hex: string, theme: Theme): string {
  return tint(hex, SEQUENTIAL[theme][0] ?? "#ffffff", 0.45);
}

/** A share 0..1 of a colour over a background, all as #rrggbb. */
export function tint(hex: string, background: string, share: number): string {
  const under = parseColour(background);
  return `#${parseColour(hex)
    .map((each, channel) =>
      Math.round(share * each + (1 - share) * (under[channel] ?? 0))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

const ramps = new Map<readonly string[], Uint8ClampedArray<ArrayBuffer>>();

/**
 * RGBA of 256 strengths 0..1: white to indigo, on dark the panel's grey to light blue. Do not write
 * into it.
 */
export function sequential(theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  return ramp(SEQUENTIAL[theme]);
}

/**
 * RGBA of 256 values from -1 (orange) over 0 (the background, at 127.5) to +1 (blue). Do not write
 * into it.
 */
export function diverging(theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  return ramp(DIVERGING[theme]);
}

/**
 * RGBA of 256 changes from -1 (blue, less) over 0 (the background, at 127.5) to +1 (red, more). Do
 * not write into it.
 */
export function changeRamp(theme: Theme): Uint8ClampedArray<ArrayBuffer> {
  return ramp(CHANGE[theme]);
}

/** Entry 0..255 of `sequential` for a weight 0..1; `root`: by its square root. */
export function weightEntry(weight: number, root: boolean): number {
  const size = Math.max(0, Math.min(1, weight));
  return Math.round(255 * (root ? Math.sqrt(size) : size));
}

/** Entry 0..255 of `changeRamp` for a difference -1..1; `root`: by the square root of its size. */
export function changeEntry(difference: number, root: boolean): number {
  const size = Math.min(1, Math.abs(difference));
  return Math.round(127.5 + 127.5 * Math.sign(difference) * (root ? Math.sqrt(size) : size));
}

/** "rgb(r g b)" of entry 0..255 of a ramp. */
export function rampColour(colours: Uint8ClampedArray, entry: number): string {
  const at = 4 * Math.max(0, Math.min(255, Math.round(entry)));
  return `rgb(${colours[at]} ${colours[at + 1]} ${colours[at + 2]})`;
}

/** The same as #rrggbb. */
export function rampHex(colours: Uint8ClampedArray, entry: number): string {
  const at = 4 * Math.max(0, Math.min(255, Math.round(entry)));
  return `#${[0, 1, 2].map((channel) => (colours[at + channel] ?? 0).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * `count` colours of a ramp at even distances, as "rgb(r g b)". `entry`: the entry 0..255 for a
 * share 0..1 of the way.
 */
export function rampStops(
  colours: Uint8ClampedArray,
  count: number,
  entry: (share: number) => number = (share) => 255 * share,
): readonly string[] {
  return Array.from({ length: count }, (_, at) => rampColour(colours, entry(at / (count - 1))));
}

function ramp(stops: readonly string[]): Uint8ClampedArray<ArrayBuffer> {
  const known = ramps.get(stops);
  if (known) return known;
  const parsed = stops.map(parseColour);
  const made = new Uint8ClampedArray(256 * 4);
  for (let entry = 0; entry < 256; entry++) {
    const position = (entry / 255) * (parsed.length - 1);
    const below = Math.min(parsed.length - 2, Math.floor(position));
    const [from, to] = [parsed[below], parsed[below + 1]];
    for (let channel = 0; channel < 3; channel++) {
      const start = from?.[channel] ?? 0;
      made[entry * 4 + channel] = start + ((to?.[channel] ?? 0) - start) * (position - below);
    }
    made[entry * 4 + 3] = 255;
  }
  ramps.set(stops, made);
  return made;
}
