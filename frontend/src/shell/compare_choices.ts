/** What the compare menu offers in one click, and the finer choices below it. */

import { batch } from "@preact/signals";
import { adapterTwin, compareAdapter } from "../state/adapter";
import { run, tag } from "../state/chosen";
import {
  compareMode,
  compareWith,
  type WithStep,
  withRun,
  withRunNow,
  withStep,
  withTag,
  withTagNow,
} from "../state/compare";
import { steps } from "../state/scope";
import { chooseStep, step } from "../state/selection";

/** One line of the menu. */
export interface Offer {
  /** Tests find it by this. */
  readonly name: string;
  readonly label: string;
  /** Whether it is what is compared with now. */
  readonly on: boolean;
  readonly choose: () => void;
}

/** What is offered. Reads signals. `others`: runs that may be compared with. */
export function offers(others: readonly string[]): readonly Offer[] {
  const off = compareMode.value === "off";
  const itself = withRun.value === null && withTag.value === null;
  const ofStep = (name: string, label: string, wanted: WithStep): Offer => ({
    name,
    label,
    on: !off && itself && withStep.value === wanted,
    choose: () => compareWith({ run: run.peek(), tag: tag.peek(), step: wanted }),
  });
  const twin = adapterTwin.value;
  return [
    {
      name: "off",
      label: "nothing",
      on: off,
      choose: () => {
        compareMode.value = "off";
      },
    },
    ofStep("first", "the first step", "first"),
    ofStep("previous", "the step before", "previous"),
    ...ends(!off && itself && withStep.value === "first"),
    ...(twin
      ? [
          {
            name: "adapter",
            label: twin.adapted ? "the model with its adapter" : "the model without its adapter",
            on: !off && withRun.value === twin.run && withStep.value === "same",
            choose: compareAdapter,
          },
        ]
      : []),
    ...others
      .filter((each) => each !== twin?.run)
      .map((each) => ({
        name: `run-${each}`,
        label: `run ${each}, same step`,
        on: !off && withRun.value === each && withStep.value === "same" && withTag.value === null,
        choose: () => compareWith({ run: each, tag: tag.peek(), step: "same" }),
      })),
  ];
}

/** From wherever one is: the last step beside the first one. */
function ends(ofFirst: boolean): readonly Offer[] {
  const last = steps.value.at(-1);
  if (last === undefined || steps.value.length < 2) return [];
  return [
    {
      name: "ends",
      label: "last step with the first",
      on: ofFirst && step.value === last,
      choose: () =>
        batch(() => {
          chooseStep(last);
          compareWith({ run: run.peek(), tag: tag.peek(), step: "first" });
        }),
    },
  ];
}

/** Another run or probe is first looked at in the step that A has; the same one in its first. */
export function compareWithProbe(change: { readonly run?: string; readonly tag?: string }): void {
  const wanted = { run: withRunNow.peek(), tag: withTagNow.peek(), ...change };
  const itself = wanted.run === run.peek() && wanted.tag === tag.peek();
  const now = withStep.peek();
  const fitting = itself && now === "same" ? "first" : !itself && now === "first" ? "same" : now;
  compareWith({ ...wanted, step: fitting });
}

/** The same run and probe as now, in this step. */
export function compareWithStep(wanted: WithStep): void {
  const off = compareMode.peek() === "off";
  compareWith({
    run: off ? run.peek() : withRunNow.peek(),
    tag: off ? tag.peek() : withTagNow.peek(),
    step: wanted,
  });
}
