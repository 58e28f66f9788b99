/** One head alone, each of several, or their mean. Which ones are several the tiles say. */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { allHeads, heads, oneHead } from "../../state/selection";
import { mean } from "../../state/show";
import type { Option } from "../../ui/choice";
import { Segments } from "../../ui/Segments";

type Which = "one" | "each" | "mean";

const OPTIONS: readonly Option<Which>[] = [
  { value: "one", label: "one head", hint: "The chosen head alone; [ and ] go to the others" },
  {
    value: "each",
    label: "each",
    hint: "The chosen heads over each other, each in its colour; all of the layer where one is alone",
  },
  {
    value: "mean",
    label: "mean",
    hint: "The mean of the chosen heads; of all of the layer where one is alone",
  },
];

/** Which of them is on the screen, and what choosing one does. */
const choice = {
  get value(): Which {
    return heads.value.length === 1 ? "one" : mean.value ? "mean" : "each";
  },
  set value(wanted: Which) {
    batch(() => {
      if (wanted === "one") oneHead();
      else if (heads.peek().length === 1) allHeads();
      mean.value = wanted === "mean";
    });
  },
};

export function WhichHeads(): JSX.Element {
  return <Segments label="Which heads" id="head" options={OPTIONS} of={choice} apart />;
}
