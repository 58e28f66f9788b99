/** What the head view asks for of one capture. */

import type { ViewNeeds } from "../../state/view";

export const loadHead: ViewNeeds["load"] = async ({ api, place, fitted, signal }) => ({
  weights: await api.weights(place, fitted.stack, fitted.layer, fitted, signal),
});
