/** Above the contact sheet: which head metric its lines show. */

import type { JSX } from "preact";
import { metrics } from "../../../state/histories";
import { metric, metricNow } from "../../../state/overview";
import { metricWords } from "../../../ui/metric_words";

/** What the lines of the contact sheet show over the steps. */
export function LineSelect(): JSX.Element {
  return (
    <label title={metricWords(metricNow.value).sentence}>
      line
      <select
        class="control"
        value={metricNow.value}
        data-testid="sheet-metric"
        onChange={(event) => {
          metric.value = event.currentTarget.value;
        }}
      >
        {metrics.value?.names.map((name) => (
          <option key={name} value={name}>
            {metricWords(name).label}
          </option>
        ))}
      </select>
    </label>
  );
}
