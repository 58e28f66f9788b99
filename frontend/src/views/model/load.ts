/** What the model view asks for of one capture. */

import type { Shown } from "../../state/data";
import type { Wanted } from "../../state/view";

/** `besides`: enlarged heads stand beside the drawing. */
export async function loadModel(
  { api, place, fitted, signal }: Wanted,
  besides: boolean,
): Promise<Partial<Shown>> {
  const [all, ...headWeights] = await Promise.all([
    api.thumbnails(place, fitted.stack, fitted.leftOut, signal),
    ...(besides ? fitted.enlarged : []).map((each) =>
      api.headWeights(place, fitted.stack, each.layer, each.head, fitted, signal),
    ),
  ]);
  return { thumbnails: all, headWeights };
}
