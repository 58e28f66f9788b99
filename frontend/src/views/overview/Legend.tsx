/** What the colours of the overview mean. */

import type { JSX } from "preact";
import { changeRamp, rampStops, sequential } from "../../draw/colour";
import { theme } from "../../state/host";
import { metricNow } from "../../state/overview";
import { metricText, metricWords } from "../../ui/metric_words";
import { RampLegend } from "../../ui/RampLegend";
import { largestChange } from "./matrix/paint";
import { differs, range } from "./state";

export function Legend(): JSX.Element {
  const name = metricNow.value;
  const table = differs.value ? changeRamp(theme.value) : sequential(theme.value);
  const [low, high] = differs.value ? [-largestChange(), largestChange()] : range.value;
  const scale = differs.value
    ? "blue less, red more"
    : metricWords(name).share
      ? ""
      : "smallest to largest of all steps";
  return (
    <RampLegend
      colours={rampStops(table, 9)}
      width={74}
      low={metricText(low, name)}
      high={metricText(high, name)}
      testId="metric-legend"
    >
      {scale !== "" && <span>{scale}</span>}
      <span class="overview-undefined">
        <i aria-hidden="true" /> NaN: not defined
      </span>
    </RampLegend>
  );
}
