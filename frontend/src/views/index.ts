/** The views. A new one stands here, and its name in state/chosen.ts. */

import { VIEW_NAMES, type ViewName } from "../state/chosen";
import { headView } from "./head";
import { modelView } from "./model";
import { neuronView } from "./neuron";
import { overviewView } from "./overview";
import { storyView } from "./story";
import type { View } from "./view";

export const VIEWS: Readonly<Record<ViewName, View>> = {
  story: storyView,
  overview: overviewView,
  model: modelView,
  head: headView,
  neuron: neuronView,
};

/** In the order of their tabs. */
export const ALL_VIEWS: readonly View[] = VIEW_NAMES.map((name) => VIEWS[name]);
