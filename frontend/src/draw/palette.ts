/** The colours of the page, once: style sheet variables and canvases take them from here. */

import type { Theme } from "../types";

export interface Palette {
  readonly bg: string;
  readonly panel: string;
  readonly card: string;
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  /** Under cells that a mask hides: neither the colour of 0 nor of any weight. */
  readonly masked: string;
  /** Strokes over masked cells where others may have the colour of 0: in differences. */
  readonly hatch: string;
  readonly accent: string;
  /** Text on `accent`. */
  readonly accentInk: string;
  readonly accentSoft: string;
  readonly hover: string;
  readonly focus: string;
  readonly error: string;
  /** The chosen query and the chosen key, wherever tokens stand. */
  readonly query: string;
  readonly key: string;
  /** Behind tokens that stand beside numbers: a token may be a number itself. */
  readonly token: string;
}

const PALETTES: Record<Theme, Palette> = {
  light: {
    bg: "#ffffff",
    panel: "#f7f7f8",
    card: "#ffffff",
    text: "#212121",
    muted: "#63686f",
    border: "#e0e1e5",
    masked: "#f1f1f3",
    hatch: "#cdd0d6",
    accent: "#f57c00",
    accentInk: "#1c1100",
    accentSoft: "#fff0dc",
    hover: "#eef0f3",
    focus: "#1565c0",
    error: "#c62828",
    query: "#1565c0",
    key: "#b3261e",
    token: "#eceef3",
  },
  dark: {
    bg: "#303030",
    panel: "#383838",
    card: "#343434",
    text: "#f0f0f0",
    muted: "#b0b4bb",
    border: "#505050",
    masked: "#282828",
    hatch: "#464646",
    accent: "#ff9e40",
    accentInk: "#241400",
    accentSoft: "#4d3b28",
    hover: "#434343",
    focus: "#82b7ff",
    error: "#ff8a80",
    query: "#90caf9",
    key: "#f2a39b",
    token: "#44474d",
  },
};

export function palette(theme: Theme): Palette {
  return PALETTES[theme];
}

/** The palette as style sheet variables: accentSoft becomes --accent-soft. */
export function paletteCss(theme: Theme): string {
  return Object.entries(PALETTES[theme])
    .map(
      ([name, colour]) =>
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${colour};`,
    )
    .join(" ");
}
