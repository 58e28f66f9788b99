/** What the colours of the overview mean. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { changeEntry, changeRamp, rampStops, sequential } from "../../draw/colour";
import { theme } from "../../state/host";
import { metricNow } from "../../state/overview";
import { signWords } from "../../ui/effect_words";
import { metricText, metricUnitText, metricWords } from "../../ui/metric_words";
import { RampLegend } from "../../ui/RampLegend";
import { largestChange } from "./matrix/paint";
import { differs, estimatesNow, otherSeries, range, series, signed } from "./state";

export function Legend(): JSX.Element {
  const name = metricNow.value;
  const own = signed.value && !differs.value;
  const table = differs.value || own ? changeRamp(theme.value) : sequential(theme.value);
  const [low, high] = differs.value ? [-largestChange(), largestChange()] : range.value;
  const scale = differs.value ? "blue less, red more" : own ? signWords(name) : "";
  const reach = own || differs.value || metricWords(name).share;
  return (
    <RampLegend
      colours={own ? rampStops(table, 17, rooted) : rampStops(table, 9)}
      width={74}
      low={metricText(low, name)}
      high={metricUnitText(high, name)}
      {...(reach ? {} : { title: "from the smallest to the largest of all steps" })}
      testId="metric-legend"
    >
      {scale !== "" && <span>{scale}</span>}
      {own && estimatesNow.value !== null && (
        <span class="overview-estimated">
          <i aria-hidden="true" /> estimate
        </span>
      )}
      {hasUndefined.value && (
        <span class="overview-undefined">
          <i aria-hidden="true" /> {signed.value ? "not measured" : "NaN: not defined"}
        </span>
      )}
    </RampLegend>
  );
}

/** Some head has no value at some step. */
const hasUndefined = computed(() =>
  [series.value, otherSeries.value].some((each) => each?.values.some(Number.isNaN)),
);

/** Entry of the ramp for a share of the way from the negative to the positive end. */
function rooted(share: number): number {
  return changeEntry(2 * share - 1, true);
}
