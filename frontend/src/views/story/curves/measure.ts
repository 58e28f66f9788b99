/**
 * What the lines of heads are of: the weight of the pair that the story is about, else the metric.
 */

import { computed } from "@preact/signals";
import { exactText } from "../../../format";
import { numberName } from "../../../state/arriving";
import { metrics } from "../../../state/histories";
import { metricNow } from "../../../state/overview";
import { pairHere } from "../../../state/pair_heads";
import { type HeadAddress, key, query } from "../../../state/selection";
import { headValues } from "../../../state/series";
import { storyNow } from "../../../state/stories";
import { chosenWord } from "../../../ui/ChosenWord";
import { metricUnitText, metricWords } from "../../../ui/metric_words";
import { valueAt } from "../state";

export interface Measure {
  /** "entropy", or "weight from She to nurse". */
  readonly label: string;
  /** In the head of a column of numbers. */
  readonly column: string;
  readonly share: boolean;
  readonly steps: readonly number[];
  readonly of: (head: HeadAddress) => Float32Array;
  readonly text: (value: number) => string;
}

/** Null until its numbers are there. */
export const measure = computed<Measure | null>(() => (isOfPair() ? ofPair() : ofMetric()));

function isOfPair(): boolean {
  const told = storyNow.value?.finding;
  if (told?.query == null || told.key === null) return false;
  return told.query === query.value && told.key === key.value;
}

function ofPair(): Measure | null {
  const series = pairHere.value;
  if (series === null) return null;
  return {
    label: `${numberName.value} from ${chosenWord("query")} to ${chosenWord("key")}`,
    column: numberName.value,
    share: true,
    steps: series.steps,
    of: ({ layer, head }) => {
      const at = series.heads.findIndex((each) => each.layer === layer && each.head === head);
      return at < 0
        ? new Float32Array(series.steps.length).fill(Number.NaN)
        : headValues(series, at);
    },
    text: exactText,
  };
}

function ofMetric(): Measure | null {
  const [known, name] = [metrics.value, metricNow.value];
  if (!known) return null;
  const { label, share } = metricWords(name);
  return {
    label,
    column: name,
    share,
    steps: known.steps,
    of: (head) => Float32Array.from(known.steps, (at) => valueAt(at, head)),
    text: (value) => metricUnitText(value, name),
  };
}
