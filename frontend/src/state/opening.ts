/**
 * How the tab opens without a link: where the strongest story is. Until that is known nothing is
 * loaded, and what somebody touches in the meantime stays as it is.
 */

import { effect, signal, untracked } from "@preact/signals";
import { run, tag, view, viewIsChosen } from "./chosen";
import { fields } from "./fields";
import { probeKey } from "./histories";
import { knownRuns } from "./scope";
import { askedStories, openStory, stories } from "./stories";

/** It is not known yet where to open. */
export const opening = signal(false);
/**
 * The probe that opened because nothing stood out, as the page says until somebody has read it;
 * else empty.
 */
export const nothingAt = signal("");

/**
 * So long the strongest story is waited for, in milliseconds; then the strongest of those that are
 * known opens.
 */
const PATIENCE = 8000;
/** That time is over. */
const late = signal(false);

/** What a story chooses: where one of these is said, there is a link. */
const PLACE = [
  ...["run", "tag", "step", "stack", "layer", "heads", "head", "query", "key", "pins"],
  ...["metric", "compare", "with_run", "with_tag", "with_step", "story"],
];

/** The choices that stand for those of nobody. */
let given = "";

/** The address was read. */
export function beginOpening(): void {
  const printed = (name: string): string => fields().get(name)?.print() ?? "";
  const linked = PLACE.some((name) => printed(name) !== "");
  const opens = !linked && ["", "story"].includes(printed("view"));
  if (opens) {
    view.value = "story";
    viewIsChosen.value = false;
  }
  given = choicesText();
  opening.value = opens;
}

/** Run and probe were brought to what there is, by nobody. */
export function markGiven(): void {
  given = choicesText();
}

function choicesText(): string {
  return JSON.stringify([
    view.peek(),
    PLACE.map((name) => untracked(() => fields().get(name)?.print())),
  ]);
}

/** Opens the strongest story once it is known. Returns what ends it. */
export function followOpening(): () => void {
  const stopTimer = effect(() => {
    late.value = false;
    if (!opening.value) return undefined;
    const timer = setTimeout(() => {
      late.value = true;
    }, PATIENCE);
    return () => clearTimeout(timer);
  });
  const stop = effect(() => {
    if (!opening.value) return;
    const asked = askedStories.value;
    const [known, wanted] = [knownRuns.value, view.value];
    const whole = asked.value?.done === true;
    const isLate = late.value;
    for (const name of PLACE) fields().get(name)?.print();
    untracked(() => {
      const touched = choicesText() !== given;
      const [first] = stories.value;
      if (touched) {
        if (wanted !== "story") viewIsChosen.value = true;
        opening.value = false;
      } else if (known !== null && first && (whole || isLate)) {
        openStory(first);
        opening.value = false;
      } else if (asked.problem !== null || whole) {
        if (asked.problem === null) nothingAt.value = probeKey(run.value, tag.value);
        opening.value = false;
      }
    });
  });
  return () => {
    stopTimer();
    stop();
  };
}
