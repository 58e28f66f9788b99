/**
 * The colours that TensorBoard gives its runs. It does not tell a plugin; these are its default
 * ones, in the order of its list.
 */

import type { Theme } from "../types";

const REST = ["#12b5cb", "#e52592", "#f9ab00", "#9334e6", "#7cb342", "#e8710a"];
const RUNS: Record<Theme, readonly string[]> = {
  light: ["#425066", ...REST],
  dark: ["#8e98a3", ...REST],
};

/** Colours of run number `index` of a list, as #rrggbb. */
export function runColour(index: number): Readonly<Record<Theme, string>> {
  return { light: colourOf("light", index), dark: colourOf("dark", index) };
}

function colourOf(theme: Theme, index: number): string {
  const colours = RUNS[theme];
  return colours[index % colours.length] ?? "#888888";
}
