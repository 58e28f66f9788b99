/** What a shade means: the colours of weights, or of what is less and more. */

import type { JSX } from "preact";
import { changeRamp, rampStops, sequential } from "../../draw/colour";
import { numberName } from "../../state/arriving";
import { theme } from "../../state/host";
import { scale } from "../../state/show";
import { RampLegend } from "../../ui/RampLegend";
import { differs, span } from "./state";

export function ShadeLegend(): JSX.Element {
  const half = Number(((scale.value === "sqrt" ? 0.25 : 0.5) * span.value).toPrecision(2));
  const table = differs.value ? changeRamp(theme.value) : sequential(theme.value);
  return (
    <RampLegend
      colours={rampStops(table, 9)}
      width={120}
      low={differs.value ? `−${span.value} and less` : "0"}
      high={differs.value ? `${span.value} and more` : String(span.value)}
      label={`Colour from ${numberName.value} 0 over ${half} in the middle to ${span.value}`}
    >
      {differs.value ? (
        <span>blue less, red more</span>
      ) : (
        <span class="head-ramp-half">middle {half}</span>
      )}
    </RampLegend>
  );
}
