/** The views, in the order of their tabs and of the keys 1, 2, 3. */

import type { ComponentType } from "preact";
import { row, thumbnails, weights } from "../state/data";
import type { ViewName } from "../types";
import { HeadView } from "../views/head";
import { ModelView } from "../views/model";
import { NeuronView } from "../views/neuron";

export interface View {
  readonly name: ViewName;
  readonly label: string;
  readonly hint: string;
  readonly component: ComponentType;
  /** Whether its numbers are there. */
  readonly ready: () => boolean;
}

export const VIEWS: readonly View[] = [
  { name: "model", label: "Model", hint: "all layers and heads", component: ModelView, ready: () => thumbnails.value !== null },
  { name: "head", label: "Head", hint: "one layer, token to token", component: HeadView, ready: () => weights.value !== null },
  {
    name: "neuron",
    label: "Neuron",
    hint: "one head, from query and key to weight",
    component: NeuronView,
    ready: () => row.value !== null,
  },
];

/** The view of that name; the head view for one that this version does not have. */
export function viewOf(name: ViewName): View {
  const found = VIEWS.find((each) => each.name === name) ?? VIEWS.find((each) => each.name === "head");
  if (!found) throw new Error("there is no view");
  return found;
}
