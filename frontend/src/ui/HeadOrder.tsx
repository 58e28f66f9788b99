/** Where one step is logged and there is nothing to follow: the heads with most of the metric. */

import type { JSX } from "preact";
import { metricNow } from "../state/overview";
import { focusHead, type HeadAddress, head, layer, stackNow } from "../state/selection";
import { metricUnitText, metricWords } from "./metric_words";
import { Table } from "./Table";

const MOST = 12;

interface HeadOrderProps {
  /** The metric of a head at the step on the screen; NaN where it is not defined. */
  readonly metricOf: (of: HeadAddress) => number;
  readonly testId: string;
}

export function HeadOrder({ metricOf, testId }: HeadOrderProps): JSX.Element {
  const words = metricWords(metricNow.value);
  return (
    <>
      <h2>Heads by {words.label}, highest first</h2>
      <p class="note">One step is logged: there is nothing to follow yet. {words.sentence}</p>
      <Table
        columns={[{ name: "layer" }, { name: "head" }, { name: words.label, number: true }]}
        testId={testId}
      >
        {inOrder(metricOf).map(({ of, value }) => (
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
    </>
  );
}

function inOrder(
  metricOf: (of: HeadAddress) => number,
): readonly { readonly of: HeadAddress; readonly value: number }[] {
  return (stackNow.value?.layers ?? [])
    .flatMap(({ layer: of, heads }) =>
      Array.from({ length: heads }, (_, at) => ({ layer: of, head: at })),
    )
    .map((of) => ({ of, value: metricOf(of) }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST);
}
