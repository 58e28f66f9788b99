/** A colour for each head type, the same wherever the sheet names one. */

import { headColour } from "../../../draw/colour";
import { headTypes } from "../../../state/histories";
import type { Theme } from "../../../types";

/** As #rrggbb. Reads signals. */
export function typeColour(name: string, theme: Theme): string {
  const at = headTypes.value?.types.findIndex((each) => each.name === name) ?? -1;
  return headColour(Math.max(0, at), theme);
}
