/**
 * What the lines of heads are of: the weight of the pair that the story is about, else the metric.
 */

import { computed } from "@preact/signals";
import { exactText } from "../../../format";
import { numberName } from "../../../state/arriving";
import { metrics } from "../../../state/histories";
import { metricNow } from "../../../state/overview";
import { pairHere } from "../../../state/pair_heads";
import { type HeadAddress, key, keySequence, query, querySequence } from "../../../state/selection";
import { headValues } from "../../../state/series";
import { storyNow } from "../../../state/stories";
import { displayToken } from "../../../state/tokens";
import type { Sequence } from "../../../types";
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
  const from = word(querySequence.value, query.value);
  const to = word(keySequence.value, key.value);
  return {
    label: `${numberName.value} from ${from} to ${to}`,
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

function word(sequence: Sequence | null, at: number | null): string {
  const token = at === null ? undefined : sequence?.tokens[at];
  return token === undefined ? "" : displayToken(token, 18).label.replace(/^·+(?=.)/u, "");
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
