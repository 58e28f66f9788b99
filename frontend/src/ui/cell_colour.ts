/** Colours of a weight, or of its change, in a cell: what is the same in a table and in a heat map. */

import { changeEntry, changeRamp, rampHex, sequential, weightEntry } from "../draw/colour";
import { theme } from "../state/host";
import { scale } from "../state/show";

/** The colour of a value, as #rrggbb; `span` has the strongest one. Reads signals. */
export function cellColour(signed: boolean, span: number): (value: number) => string {
  const root = scale.value === "sqrt";
  const ramp = signed ? changeRamp(theme.value) : sequential(theme.value);
  const entry = signed ? changeEntry : weightEntry;
  return (value) => rampHex(ramp, entry(value / span, root));
}
