/** What the colours of the overview mean. */

import type { JSX } from "preact";
import { changeRamp, rampColour, sequential } from "../../draw/colour";
import { theme } from "../../state/host";
import { metricNow } from "../../state/overview";
import { metricText, metricWords } from "../../ui/metric_words";
import { largestChange } from "./matrix/paint";
import { differs, range } from "./state";

const STOPS = [0, 32, 64, 96, 127, 160, 192, 224, 255];

export function Ramp(): JSX.Element {
  const name = metricNow.value;
  const table = differs.value ? changeRamp(theme.value) : sequential(theme.value);
  const [low, high] = differs.value ? [-largestChange(), largestChange()] : range.value;
  const stops = STOPS.map((each) => rampColour(table, each)).join(", ");
  const scale = differs.value
    ? "blue less, red more"
    : metricWords(name).share
      ? ""
      : "smallest to largest of all steps";
  return (
    <p class="note overview-ramp" data-testid="metric-legend">
      {metricText(low, name)}
      <i style={{ background: `linear-gradient(90deg, ${stops})` }} />
      {metricText(high, name)}
      {scale !== "" && <span>{scale}</span>}
      <span class="overview-undefined">
        <i aria-hidden="true" /> NaN: not defined
      </span>
    </p>
  );
}
