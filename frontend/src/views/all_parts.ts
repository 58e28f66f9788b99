/** What draws the views, all in one script: of a page without a server. */

import type { ViewName } from "../state/chosen";
import { part as head } from "./head/HeadView";
import { part as model } from "./model/ModelView";
import { part as neuron } from "./neuron/NeuronView";
import { part as overview } from "./overview/OverviewView";
import { part as story } from "./story/StoryView";
import type { PartOf, ViewPart } from "./view";

const PARTS: Readonly<Record<ViewName, ViewPart>> = { story, overview, model, head, neuron };

export const heldPart: PartOf = async (name) => PARTS[name];
