/** What a shade means: the colours of weights, or of what is less and more. */

import type { JSX } from "preact";
import { changeRamp, rampStops, sequential } from "../../draw/colour";
import { numberName } from "../../state/arriving";
import { theme } from "../../state/host";
import { scale } from "../../state/show";
import { RampLegend } from "../../ui/RampLegend";
import { differs } from "./state";

export function ShadeLegend(): JSX.Element {
  const half = scale.value === "sqrt" ? "0.25" : "0.5";
  const table = differs.value ? changeRamp(theme.value) : sequential(theme.value);
  return (
    <RampLegend
      colours={rampStops(table, 9)}
      width={120}
      low={differs.value ? "−1" : "0"}
      high="1"
      label={`Colour from ${numberName.value} 0 over ${half} in the middle to 1`}
    >
      {differs.value ? (
        <span>blue less, red more</span>
      ) : (
        <span class="head-ramp-half">middle {half}</span>
      )}
    </RampLegend>
  );
}
