/** A colour for each head type, the same wherever the sheet names one. */

import { headColour } from "../../../draw/colour";
import { headTypes } from "../../../state/histories";
import { typesOf } from "../../../state/overview";
import type { HeadAddress } from "../../../state/selection";
import type { Theme } from "../../../types";

/** As #rrggbb. Reads signals. */
export function typeColour(name: string, theme: Theme): string {
  const at = headTypes.value?.types.findIndex((each) => each.name === name) ?? -1;
  return headColour(Math.max(0, at), theme);
}

/** The most telling type of a head at this step; null where it has none. Reads signals. */
export function firstType({ layer, head }: HeadAddress): string | null {
  return typesOf(layer, head)[0] ?? null;
}
