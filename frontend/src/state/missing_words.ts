/** Sentences about what an address asks for and is not there. */

import { countText } from "../format";
import { wantedStep } from "./chosen";
import { runs } from "./data";
import { linkedStep, MAY_BE_MISSING, type MissingName, missing, wasNeverThere } from "./missing";
import { head, headCount, layer, run, step, tag, tagNow, view } from "./selection";

/** One for each thing that is missing, the largest first. Reads signals. */
export function missingSentences(): readonly string[] {
  // While the log directory is read, what is not known yet may still come.
  if (!runs.value || runs.value.loading) return [];
  return MAY_BE_MISSING.flatMap((name) => {
    const asked = missing(name)?.asked;
    if (asked !== undefined) return isSaid(name) ? [sentenceOf(name, asked)] : [];
    return name === "step" ? stepSentence() : [];
  });
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
  if (wanted === null || wanted !== linkedStep.value || !tagNow.value || wanted === step.value)
    return [];
  return [`Step ${countText(wanted)} was not logged: step ${countText(step.value)} is shown.`];
}

/** An address may be of any length. */
function shortened(asked: string): string {
  const characters = [...asked];
  return characters.length > 80 ? `${characters.slice(0, 80).join("")}…` : asked;
}
