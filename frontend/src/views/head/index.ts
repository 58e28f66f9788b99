/** What the page knows of the head view before its script is there. */

import { weights } from "../../state/data";
import type { View } from "../view";
import { loadHead } from "./load";

export const headView: View = {
  name: "head",
  label: "Head",
  hint: "one layer, token to token",
  ready: () => weights.value !== null,
  shows: "heads",
  reads: ({ leftOut }) => [leftOut],
  load: loadHead,
  histories: ["metrics", "pair"],
  historiesLater: true,
  onlyLogged: false,
};
