/** Above the contact sheet: which head metric its lines show. */

import type { JSX } from "preact";
import { metrics } from "../../../state/histories";
import { metric, metricNow } from "../../../state/overview";
import { metricWords } from "../../../ui/metric_words";
import { Select } from "../../../ui/Select";

/** What the lines of the contact sheet show over the steps. */
export function LineSelect(): JSX.Element {
  return (
    <Select
      label="line"
      title={metricWords(metricNow.value).sentence}
      testId="sheet-metric"
      options={(metrics.value?.names ?? []).map((name) => ({
        value: name,
        label: metricWords(name).label,
      }))}
      value={metricNow.value}
      onChoose={(chosen) => {
        metric.value = chosen;
      }}
    />
  );
}
