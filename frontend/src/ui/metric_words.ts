/** Names of head metrics as words, with their formulas, and on what scale they are shown. The formulas are those of tb_attention/attention/head_metrics.py. */

import { fixedText } from "../format";

export interface MetricWords {
  readonly label: string;
  readonly formula: string;
  /** A share between 0 and 1: shown on that scale, so that pictures can be compared. */
  readonly share: boolean;
}

const WITHOUT_FIRST = "_without_first";

const WORDS: Readonly<Record<string, MetricWords>> = {
  entropy: share("entropy", "−Σ p ln p / ln(keys seen): 0 is one token, 1 is all tokens alike"),
  mean_distance: tokens("mean distance", "Σ p |i − j| / Σ p, in tokens"),
  first_token: share("first token", "weight on the first token: the attention sink"),
  self: share("self", "weight on the token itself"),
  previous_token: share("previous token", "weight on the token before"),
  duplicate_token: share("duplicate token", "weight on earlier copies of the token"),
  induction: share("induction", "weight on what followed earlier copies of the token"),
  local: share("local", "weight on tokens at most 4 places away"),
  effective_span: tokens(
    "effective span",
    "exp(−Σ p ln p): how many tokens the weight is spread over",
  ),
  row_maximum: share("largest weight", "the largest weight of a query, mean over the queries"),
  max_logit: {
    label: "largest score",
    formula: "the largest score before the softmax",
    share: false,
  },
  nan_rows: share("rows that are NaN", "share of the queries whose weights are not numbers"),
};

function share(label: string, formula: string): MetricWords {
  return { label, formula, share: true };
}

function tokens(label: string, formula: string): MetricWords {
  return { label, formula, share: false };
}

/** A metric that this version does not know is called by its name. */
export function metricWords(name: string): MetricWords {
  const without = name.endsWith(WITHOUT_FIRST);
  const base = without ? name.slice(0, -WITHOUT_FIRST.length) : name;
  const known = WORDS[base] ?? { label: base.replaceAll("_", " "), formula: "", share: false };
  if (!without) return known;
  return {
    ...known,
    label: `${known.label}, without first`,
    formula: `${known.formula}; the first token left out`,
  };
}

/** A value of a metric, with as many decimals as its scale asks for. */
export function metricText(value: number | undefined, name: string): string {
  const known = value ?? Number.NaN;
  return fixedText(known, metricWords(name).share ? 2 : Math.abs(known) >= 100 ? 0 : 1);
}

/** A difference of two values, with its sign. */
export function changeText(value: number, name: string): string {
  const digits = metricText(Math.abs(value), name);
  return Number.isNaN(value) ? digits : `${value < 0 ? "−" : "+"}${digits}`;
}

/** "L5 H1" */
export function headName({
  layer,
  head,
}: {
  readonly layer: number;
  readonly head: number;
}): string {
  return `L${layer} H${head}`;
}
