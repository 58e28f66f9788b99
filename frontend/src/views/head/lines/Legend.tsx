/** What width, opacity and colour of the lines mean. */

import type { JSX } from "preact";
import { changeColour } from "../../../draw/colour";
import { lookOf } from "../../../draw/links";
import { theme } from "../../../state/host";
import { scale } from "../../../state/show";
import { differs, span } from "../state";
import { pencil } from "./state";

const SAMPLES = [0.05, 0.25, 0.5, 1] as const;

export function Legend(): JSX.Element {
  return (
    <>
      <LineSamples />
      {differs.value && <Signs />}
    </>
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
        const { width, alpha } = lookOf(
          pencil.value,
          scale.value === "sqrt" ? Math.sqrt(weight) : weight,
          pencil.value.widest,
        );
        return (
          <span key={weight} class="head-sample">
            <i style={{ height: `${width}px`, opacity: alpha }} />
            {Number((weight * span.value).toPrecision(2))}
          </span>
        );
      })}
    </span>
  );
}
