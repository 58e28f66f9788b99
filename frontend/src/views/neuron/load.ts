/** What the neuron view asks for of one capture. */

import type { ViewNeeds } from "../../state/view";

export const loadNeuron: ViewNeeds["load"] = async ({ api, place, fitted, signal }) => {
  const { stack, layer, head, queries, weightsOnly } = fitted;
  const [ofHead, ofQuery] = await Promise.all([
    weightsOnly ? null : api.neurons(place, stack, layer, head, signal),
    api.row(place, stack, layer, fitted.query ?? queries - 1, signal),
  ]);
  return { neurons: ofHead, row: ofQuery };
};
