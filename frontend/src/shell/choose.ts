/** Choosing a run or a tag: the other one follows where the pair does not exist. */

import { batch } from "@preact/signals";
import { run, tag } from "../state/chosen";
import { runs } from "../state/data";
import { forget } from "../state/missing";
import { runsWith, settleRun } from "../state/settle";

/** Goes to `wanted`, with the same tag if the run has it. */
export function chooseRun(wanted: string): void {
  const known = runs.value;
  const place = known && settleRun(known, { run: wanted, tag: tag.value });
  if (!place) return;
  batch(() => {
    forget("run", "tag");
    run.value = place.run;
    tag.value = place.tag;
  });
}

/** Goes to the tag `wanted`, in the chosen run if that has it. */
export function chooseTag(wanted: string): void {
  const having = runs.value ? runsWith(runs.value, wanted) : [];
  const target = having.find((each) => each.run === run.value) ?? having[0];
  if (!target) return;
  batch(() => {
    forget("run", "tag");
    run.value = target.run;
    tag.value = wanted;
  });
}
