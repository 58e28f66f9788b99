/** Where one step is logged and there is nothing to follow: the heads with most of the metric. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { metricNow } from "../../state/overview";
import { focusHead, type HeadAddress, head, layer, stackNow, step } from "../../state/selection";
import { Card } from "../../ui/Card";
import { metricUnitText, metricWords } from "../../ui/metric_words";
import { Table } from "../../ui/Table";
import { valueAt } from "./state";

const MOST = 12;

const first = computed<readonly { readonly of: HeadAddress; readonly value: number }[]>(() => {
  const all = (stackNow.value?.layers ?? []).flatMap(({ layer: of, heads }) =>
    Array.from({ length: heads }, (_, at) => ({
      of: { layer: of, head: at },
      value: valueAt(step.value, { layer: of, head: at }),
    })),
  );
  return all
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST);
});

export function HeadOrder(): JSX.Element {
  const words = metricWords(metricNow.value);
  return (
    <Card id="story-heads" class="story-order" label="The heads in order">
      <h2>Heads by {words.label}, highest first</h2>
      <p class="note">One step is logged: there is nothing to follow yet. {words.sentence}</p>
      <Table
        columns={[{ name: "layer" }, { name: "head" }, { name: words.label, number: true }]}
        testId="story-order"
      >
        {first.value.map(({ of, value }) => (
          <tr
            key={`${of.layer}.${of.head}`}
            class={of.layer === layer.value && of.head === head.value ? "on" : ""}
          >
            <td>{of.layer}</td>
            <td>
              <button type="button" class="link" onClick={() => focusHead(of.layer, of.head)}>
                head {of.head}
              </button>
            </td>
            <td class="number">{metricUnitText(value, metricNow.value)}</td>
          </tr>
        ))}
      </Table>
    </Card>
  );
}
