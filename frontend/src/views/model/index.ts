/** What the page knows of the model view before its script is there. */

import { thumbnails } from "../../state/data";
import { modelDrawing } from "../../state/model_drawing";
import type { View } from "../view";
import { ignored } from "./ignored";
import { loadModel } from "./load";

export const modelView: View = {
  name: "model",
  label: "Model",
  hint: "all layers and heads",
  ignores: ignored,
  ready: () => thumbnails.value !== null,
  shows: "model",
  reads: ({ head, pins: kept, leftOut }) => (besides() ? [head, kept, leftOut] : [leftOut]),
  load: (wanted) => loadModel(wanted, besides()),
  histories: ["metrics", "rollout"],
  historiesLater: false,
  onlyLogged: false,
};

/** Whether enlarged heads stand beside the drawing: the contact sheet enlarges them in their place. */
export function besides(): boolean {
  return modelDrawing.value !== "sheet";
}
