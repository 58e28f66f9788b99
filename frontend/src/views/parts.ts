/** The scripts that draw the views, each a file of its own. */

import type { ViewName } from "../state/chosen";
import type { ViewPart } from "./view";

const SCRIPTS: Readonly<Record<ViewName, () => Promise<{ readonly part: ViewPart }>>> = {
  story: () => import("./story/StoryView"),
  overview: () => import("./overview/OverviewView"),
  model: () => import("./model/ModelView"),
  head: () => import("./head/HeadView"),
  neuron: () => import("./neuron/NeuronView"),
};

/** The script of a view; the story's where an address names none. */
export async function servedPart(name: string): Promise<ViewPart> {
  const script = Object.hasOwn(SCRIPTS, name) ? SCRIPTS[name as ViewName] : SCRIPTS.story;
  return (await script()).part;
}
