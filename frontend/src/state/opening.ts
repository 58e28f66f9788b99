/**
 * How the tab opens without a link: where the strongest story is; with one to the story of a probe,
 * and no head in it, where that of this probe is. Until it is known nothing is loaded, and what
 * somebody touches in the meantime stays as it is.
 */

import { effect, signal, untracked } from "@preact/signals";
import { run, tag, view, viewIsChosen, wantedStep } from "./chosen";
import { fields } from "./fields";
import { probeKey } from "./histories";
import { knownRuns } from "./scope";
import { askedStories, openStory, stories, type ToldStory } from "./stories";

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
const PROBE = ["run", "tag", "step"];
const PLACE = [
  ...PROBE,
  ...["stack", "layer", "heads", "head", "query", "key", "pins"],
  ...["metric", "compare", "with_run", "with_tag", "with_step", "story"],
];

/** The choices that stand for those of nobody. */
let given = "";
/** What the link says about the probe, in the words of the address; empty: nothing. */
let asked: Readonly<Record<"run" | "tag" | "step", string>> = { run: "", tag: "", step: "" };

/** The address was read. */
export function beginOpening(): void {
  const printed = (name: string): string => fields().get(name)?.print() ?? "";
  const linked = PLACE.filter((name) => printed(name) !== "");
  const opens =
    linked.length === 0
      ? ["", "story"].includes(printed("view"))
      : printed("view") === "story" && linked.every((name) => PROBE.includes(name));
  if (opens) {
    view.value = "story";
    viewIsChosen.value = linked.length > 0;
  }
  asked = { run: printed("run"), tag: printed("tag"), step: printed("step") };
  given = choicesText();
  opening.value = opens;
}

/** The strongest story that the link may mean. */
function firstStory(): ToldStory | undefined {
  const fits = (wanted: string, has: string): boolean => wanted === "" || wanted === has;
  return stories.peek().find((each) => fits(asked.run, each.run) && fits(asked.tag, each.tag));
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
    const answer = askedStories.value;
    const [known, wanted] = [knownRuns.value, view.value];
    const whole = answer.value?.done === true;
    const isLate = late.value;
    for (const name of PLACE) fields().get(name)?.print();
    untracked(() => {
      const touched = choicesText() !== given;
      const first = firstStory();
      if (touched) {
        if (wanted !== "story") viewIsChosen.value = true;
        opening.value = false;
      } else if (known !== null && first && (whole || isLate)) {
        const at = wantedStep.value;
        openStory(first);
        if (asked.step !== "") wantedStep.value = at;
        opening.value = false;
      } else if (answer.problem !== null || whole) {
        // Of a probe that a link asks for, the story itself says that nothing stands out in it.
        if (answer.problem === null && asked.run === "" && asked.tag === "")
          nothingAt.value = probeKey(run.value, tag.value);
        opening.value = false;
      }
    });
  });
  return () => {
    stopTimer();
    stop();
  };
}
