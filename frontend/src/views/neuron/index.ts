/** What the page knows of the neuron view before its script is there. */

import { row } from "../../state/data";
import { off } from "../../state/show_acts";
import type { View } from "../view";
import { loadNeuron } from "./load";

export const neuronView: View = {
  name: "neuron",
  label: "Neuron",
  hint: "one head, from query and key to weight",
  ignores: () => IGNORED,
  ready: () => row.value !== null,
  shows: "head",
  reads: ({ head, query }) => [head, query],
  load: loadNeuron,
  histories: ["distances", "contributions"],
  historiesLater: true,
  onlyLogged: true,
};

const IGNORED = off(
  "A score is taken apart as the model has it, with all keys and tokens: this acts in the other views.",
  ["show", "scale", "smallest", "mass", "first", "words", "segments"],
);
