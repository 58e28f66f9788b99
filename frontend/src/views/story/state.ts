/** What the story view shows beside the matrices, as signals that follow from data and selection. */

import { computed } from "@preact/signals";
import { shortText } from "../../format";
import { compared, compareMode } from "../../state/compare";
import { headWeights } from "../../state/data";
import { metrics } from "../../state/histories";
import { metricAt, metricRow } from "../../state/metric_at";
import { metricNow } from "../../state/overview";
import { head, layer, run, stackNow, steps, tag } from "../../state/selection";
import { isLogged } from "../../state/settle";
import { headsOf, type ToldStory } from "../../state/stories";
import { metricText } from "../../ui/metric_words";

/** Two matrices stand beside each other. */
export const paired = computed(
  () => compareMode.value !== "off" && compared.value?.capture != null,
);

/** There is something to follow. */
export const hasSteps = computed(() => steps.value.length > 1);

/** The weights of the head are there, or will never be. */
export function isReady(): boolean {
  const stack = stackNow.value;
  const at = { layer: layer.value, head: head.value };
  const loaded = headWeights.value.some((each) => each.layer === at.layer && each.head === at.head);
  return loaded || (stack !== null && (!isLogged(stack, at) || headWeights.value.length > 0));
}

/** The metric of a head at a step; NaN where it is not defined or not known. */
export function valueAt(step: number, of = { layer: layer.value, head: head.value }): number {
  const known = metrics.value;
  if (!known) return Number.NaN;
  const row = metricRow(known, stackNow.value?.name, of.layer);
  const name = known.names.indexOf(metricNow.value);
  return metricAt(known, known.steps.indexOf(step), row, of.head, name);
}

/**
 * "induction 0.31 → 0.94": the metric of a story before and after, or at the one step that it is of.
 * Of another probe the numbers are those of the server. Empty where they are not known.
 */
export function numberText(story: ToldStory): string {
  const [before, after] = story.values;
  const values = isOfOneStep(story) ? [after] : [before, after];
  const known = values.filter((each) => each !== null).map(shortText);
  const numbers = ownNumbers(story) || known.join(" → ");
  return numbers === "" ? "" : `${story.label} ${numbers}`;
}

/** It tells how things are, and of no change. */
function isOfOneStep(story: ToldStory): boolean {
  return story.finding.steps.length < 2;
}

function ownNumbers(story: ToldStory): string {
  const [known, of] = [metrics.value, headsOf(story)[0]];
  const name = story.metric ?? "";
  if (!known || !of || story.run !== run.value || story.tag !== tag.value) return "";
  const row = metricRow(known, story.stack, of.layer);
  const at = (step: number): number =>
    metricAt(known, known.steps.indexOf(step), row, of.head, known.names.indexOf(name));
  const before = story.before === null || isOfOneStep(story) ? Number.NaN : at(story.before);
  const numbers = [before, at(story.after)];
  const texts = numbers.filter((each) => !Number.isNaN(each)).map((each) => metricText(each, name));
  return texts.join(" → ");
}
