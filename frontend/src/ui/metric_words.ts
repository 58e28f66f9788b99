/**
 * What head metrics are called and mean, as the server says it with their values, and their values
 * as text.
 */

import { computed } from "@preact/signals";
import { effectText, fixedText } from "../format";
import { metrics } from "../state/histories";

export interface MetricWords {
  readonly label: string;
  /** What it says, for a reader. */
  readonly sentence: string;
  /** How it is computed, and where the formula is from. */
  readonly formula: string;
  /** A share between 0 and 1: shown on that scale, so that pictures can be compared. */
  readonly share: boolean;
  /** A place in the text: a whole number. */
  readonly position: boolean;
  /** It has a sign, and 0 in the middle of its scale: what a head does to the output. */
  readonly signed: boolean;
  /** "nats", "tokens"; empty where it has none. */
  readonly unit: string;
}

/** Of a metric of which nothing is known. */
const NO_WORDS = {
  sentence: "",
  formula: "",
  share: false,
  position: false,
  signed: false,
  unit: "",
};

const known = computed(
  () => new Map((metrics.value?.words ?? []).map((each) => [each.name, each])),
);

/** A metric that the server does not know is called by its name. */
export function metricWords(name: string): MetricWords {
  const words = known.value.get(name);
  if (!words) return { label: name.replaceAll("_", " "), ...NO_WORDS };
  const source = words.source === "" ? "" : ` (${words.source})`;
  return {
    label: words.label,
    sentence: words.sentence,
    formula: `${words.formula}${source}`,
    share: words.scale === "share",
    position: words.scale === "position",
    signed: words.scale === "nats" || words.scale === "logits",
    unit: words.unit,
  };
}

/** A value of a metric, with as many decimals as its scale asks for. */
export function metricText(value: number | undefined, name: string): string {
  const defined = value ?? Number.NaN;
  const { share, position, signed } = metricWords(name);
  if (signed) return Number.isNaN(defined) ? "not measured" : effectText(defined);
  return fixedText(defined, share ? 2 : position || Math.abs(defined) >= 100 ? 0 : 1);
}

/** The same with its unit, where it is signed: "0.84 nats". */
export function metricUnitText(value: number | undefined, name: string): string {
  const { signed, unit } = metricWords(name);
  const text = metricText(value, name);
  return signed && !Number.isNaN(value ?? Number.NaN) ? `${text} ${unit}` : text;
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
