/** What is shown in the place of what an address asks for is what was meant. */

import { batch } from "@preact/signals";
import { stack } from "./chosen";
import { withStep } from "./compare";
import { forget, isLinked, MAY_BE_MISSING } from "./missing";
import { lacksMetric, lacksStack, lacksStory, stepOfB } from "./missing_words";
import { metric, metricNow } from "./overview";
import { chooseStep, stackNow, step } from "./selection";
import { chosenStory } from "./stories";

export function chooseShown(): void {
  batch(() => {
    forget(...MAY_BE_MISSING);
    if (isLinked("step")) chooseStep(step.value);
    if (lacksStack()) stack.value = stackNow.value?.name ?? null;
    if (lacksMetric()) metric.value = metricNow.value;
    withStep.value = stepOfB() ?? withStep.value;
    if (lacksStory()) chosenStory.value = "";
  });
}
