/** How far a layer is off from what the model itself computed, as words. Pure. */

import { exactText, limitText } from "../format";
import type { Layer } from "../types";

export interface Checked {
  /** For the status bar. */
  readonly short: string;
  /** A sentence. */
  readonly full: string;
}

export function checkedText({ error, unchecked }: Pick<Layer, "error" | "unchecked">): Checked {
  if (error === null) {
    const why = unchecked === "" ? "" : `, because ${unchecked}`;
    return { short: "not checked", full: `Not checked against the model's own output${why}.` };
  }
  const off = error === 0 ? exactText(error) : limitText(error);
  return {
    short: `checked: off by ${off}`,
    full: `Checked against the model's own output: off by ${off}, as a share of the largest value, on a few queries.`,
  };
}
