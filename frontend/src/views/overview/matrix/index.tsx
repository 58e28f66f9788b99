/**
 * (a) One head metric of all layers and heads at this step, or how it differs from the compared
 * one.
 */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { countText } from "../../../format";
import { comparesItself, differenceName, SAME_STEP, withName } from "../../../state/compare";
import { metrics } from "../../../state/histories";
import { type HeadsBy, headsBy, metric, metricNow } from "../../../state/overview";
import { keySequence, step, view } from "../../../state/selection";
import { Card } from "../../../ui/Card";
import type { Option } from "../../../ui/choice";
import { metricWords } from "../../../ui/metric_words";
import { Segments } from "../../../ui/Segments";
import { Legend } from "../Legend";
import { choose, differs, point, sameNumbers, series } from "../state";
import { headAtPoint, matrixCount, paintFrames, paintMatrix } from "./paint";

const ORDERS: readonly Option<HeadsBy>[] = [
  { value: "model", label: "layers", hint: "layers down, heads across, as in the model" },
  { value: "value", label: "by value", hint: "the largest value first" },
];

export function MetricMatrix(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const at = (x: number, y: number): number =>
    box.current ? headAtPoint(box.current.clientWidth, box.current.clientHeight, x, y) : -1;
  const pick = (x: number, y: number, keep: boolean): boolean => {
    const head = series.peek()?.heads[at(x, y)];
    if (head) choose(head, keep);
    return head !== undefined;
  };
  const words = metricWords(metricNow.value);
  return (
    <Card id="overview-matrix" class="overview-card overview-metric" label="Head metric">
      <header>
        <select
          class="control overview-metric-select"
          aria-label="Head metric"
          title={words.formula}
          data-testid="metric"
          value={metricNow.value}
          onChange={(event) => {
            metric.value = event.currentTarget.value;
          }}
        >
          {(metrics.value?.names ?? []).map((name) => (
            <option
              key={name}
              value={name}
              title={`${metricWords(name).sentence}\n${metricWords(name).formula}`}
            >
              {metricWords(name).label}
            </option>
          ))}
        </select>
        <Segments label="Order of the heads" id="order" options={ORDERS} of={headsBy} />
      </header>
      <p class="note" title={words.formula}>
        {caption()}
      </p>
      <InContext />
      <div class="overview-fill" ref={box}>
        <Canvas
          draw={paintMatrix}
          overlay={paintFrames}
          label={`${words.label} of every head at step ${step.value}`}
          testId="metric-matrix"
          cursor="pointer"
          onPoint={(x, y) => point(at(x, y))}
          onLeave={() => point(-1)}
          onPress={(x, y, event) => pick(x, y, event.shiftKey)}
          onDoublePress={(x, y) => {
            if (pick(x, y, false)) view.value = "head";
          }}
        />
      </div>
      <Legend />
    </Card>
  );
}

/** Beside induction, what it is for: how much less what comes late in the text costs. */
function InContext(): JSX.Element | null {
  const learned = keySequence.value?.in_context ?? null;
  if (learned === null || !metricNow.value.startsWith("induction")) return null;
  return (
    <p
      class="note overview-learned"
      data-testid="in-context"
      title="In-context learning score, Olsson et al. 2022"
    >
      {learned.sentence}
    </p>
  );
}

function caption(): string {
  const [a, b] = [`step ${countText(step.value)}`, withName.value];
  if (comparesItself.value && sameNumbers.value) return SAME_STEP;
  if (sameNumbers.value) return `A and B are the same: no head differs between ${a} and ${b}`;
  if (differs.value) return differenceName.value;
  return matrixCount() === 2 ? `left ${a}, right ${b}` : metricWords(metricNow.value).sentence;
}
