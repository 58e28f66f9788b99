/** What width, opacity and colour mean. */

import type { JSX } from "preact";
import { changeColour, changeRamp, rampStops, sequential } from "../../draw/colour";
import { percentText } from "../../format";
import { theme } from "../../state/host";
import { drawing } from "../../state/selection";
import { mass, scale, smallest } from "../../state/show";
import { RampLegend } from "../../ui/RampLegend";
import { differs } from "./series";

const SAMPLES = [0.05, 0.25, 0.5, 1] as const;

export function Legend(): JSX.Element {
  return (
    <div class="head-legend">
      {drawing.value === "lines" ? <LineSamples /> : <Ramp />}
      {drawing.value === "lines" && differs.value && <Signs />}
      <span class="note">
        {scale.value === "sqrt" ? "square-root scale" : "linear scale"}, from {smallest.value}
        {mass.value < 1 && `, the largest that make ${percentText(mass.value)} of each query`}
      </span>
    </div>
  );
}

/** The colours of lines in a difference. */
function Signs(): JSX.Element {
  return (
    <span class="head-signs">
      <i style={{ background: changeColour("less", theme.value) }} /> less
      <i style={{ background: changeColour("more", theme.value) }} /> more
    </span>
  );
}

function LineSamples(): JSX.Element {
  return (
    <span
      class="head-samples"
      role="img"
      aria-label="Width and opacity of a line follow its weight"
    >
      {SAMPLES.map((weight) => {
        const strength = scale.value === "sqrt" ? Math.sqrt(weight) : weight;
        return (
          <span key={weight} class="head-sample">
            <i
              style={{ height: `${Math.max(1, strength * 6)}px`, opacity: 0.04 + 0.96 * strength }}
            />
            {weight}
          </span>
        );
      })}
    </span>
  );
}

function Ramp(): JSX.Element {
  const half = scale.value === "sqrt" ? "0.25" : "0.5";
  const table = differs.value ? changeRamp(theme.value) : sequential(theme.value);
  return (
    <RampLegend
      colours={rampStops(table, 9)}
      width={120}
      low={differs.value ? "−1" : "0"}
      high="1"
      label={`Colour from weight 0 over ${half} in the middle to 1`}
    >
      {differs.value ? (
        <span>blue less, red more</span>
      ) : (
        <span class="head-ramp-half">middle {half}</span>
      )}
    </RampLegend>
  );
}
