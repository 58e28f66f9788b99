/** Sentences about what an address asks for and is not there. */

import { countText } from "../format";
import { stack, wantedStep } from "./chosen";
import { withPlace, withStep } from "./compare";
import { runs } from "./data";
import { metrics } from "./histories";
import {
  isLinked,
  isLinkedHere,
  MAY_BE_MISSING,
  type MissingName,
  missing,
  wasNeverThere,
} from "./missing";
import { metric, metricNow } from "./overview";
import { head, headCount, layer, run, stackNow, step, tag, tagNow, view } from "./selection";
import { askedStories, chosenStory, stories } from "./stories";

/** One for each thing that is missing, the largest first. Reads signals. */
export function missingSentences(): readonly string[] {
  // While the log directory is read, what is not known yet may still come.
  if (!runs.value || runs.value.loading) return [];
  const found = MAY_BE_MISSING.flatMap((name) => {
    const asked = missing(name)?.asked;
    if (asked !== undefined) return isSaid(name) ? [sentenceOf(name, asked)] : [];
    if (name === "step") return stepSentence();
    return name === "stack" && lacksStack() ? [sentenceOf(name, stack.value ?? "")] : [];
  });
  return [...found, ...keptSentences()];
}

/** Of what stays as the address asks for it, while something else is shown. */
function keptSentences(): readonly string[] {
  const ofB = stepOfB();
  return [
    ...(lacksMetric()
      ? [`This probe has no head metric “${shortened(metric.value)}”: another one is shown.`]
      : []),
    ...(ofB === null
      ? []
      : [
          `Step ${countText(Number(withStep.value))} of B was not logged: B is step ${countText(ofB)}.`,
        ]),
    ...(lacksStory() ? ["The story that is asked for is not told in these logs."] : []),
  ];
}

/** The address asks for a stack that this probe lacks. Reads signals. */
export function lacksStack(): boolean {
  const shown = stackNow.value?.name ?? stack.value;
  return stack.value !== null && shown !== stack.value && isLinkedHere("stack");
}

/** The address asks for a head metric that this probe lacks. Reads signals. */
export function lacksMetric(): boolean {
  const known = metrics.value;
  return known !== null && metricNow.value !== metric.value && isLinkedHere("metric");
}

/** The step of B where the address asks for one that was not logged, else null. Reads signals. */
export function stepOfB(): number | null {
  const shown = withPlace.value?.step ?? null;
  return typeof withStep.value === "number" && shown !== withStep.value && isLinkedHere("with_step")
    ? shown
    : null;
}

/** The address asks for a story that is not told, or no longer. Reads signals. */
export function lacksStory(): boolean {
  if (askedStories.value.value?.done !== true || !isLinkedHere("story")) return false;
  return !stories.value.some(
    (each) => each.id === chosenStory.value && each.run === run.value && each.tag === tag.value,
  );
}

/** Of tokens only what a link asks for: texts of other steps would say so again and again. */
function isSaid(name: MissingName): boolean {
  return (name !== "query" && name !== "key") || wasNeverThere(name);
}

function sentenceOf(name: MissingName, asked: string): string {
  const text = /^\d{1,9}$/.test(asked) ? asked : `“${shortened(asked)}”`;
  switch (name) {
    case "run":
      return `There is no run ${text} here: run ${run.value} is shown.`;
    case "tag":
      return `Run ${run.value} has no probe ${text}: probe ${tag.value} is shown.`;
    case "step":
      return `${text} is no step: step ${countText(step.value)} is shown.`;
    case "stack":
      return `There is no ${asked === stack.value ? asked : text} attention here: ${stackNow.value?.name} attention is shown.`;
    case "layer":
      return `There is no layer ${text} here: layer ${layer.value} is shown.`;
    case "head":
      return Number(asked) < headCount.value
        ? `Queries and keys of head ${text} of layer ${layer.value} were not logged: head ${head.value} is shown.`
        : `Layer ${layer.value} has no head ${text}: head ${head.value} is shown.`;
    case "query":
    case "key":
      return `The text has no token ${text}: no ${name} is chosen.`;
    case "view":
      return `There is no view ${text}: the ${view.value} view is shown.`;
  }
}

/** Only of a step that an address asks for: a run that was chosen may well have others. */
function stepSentence(): readonly string[] {
  const wanted = wantedStep.value;
  if (wanted === null || !isLinked("step") || !tagNow.value || wanted === step.value) return [];
  return [`Step ${countText(wanted)} was not logged: step ${countText(step.value)} is shown.`];
}

/** An address may be of any length. */
function shortened(asked: string): string {
  const characters = [...asked];
  return characters.length > 80 ? `${characters.slice(0, 80).join("")}…` : asked;
}
