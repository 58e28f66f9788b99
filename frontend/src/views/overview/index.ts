/** What the page knows of the overview before its script is there. */

import { metrics } from "../../state/histories";
import { type IgnoredSettings, off } from "../../state/show_acts";
import type { View } from "../view";

export const overviewView: View = {
  name: "overview",
  label: "Overview",
  hint: "where to look: all heads along all steps",
  ignores: () => IGNORED,
  ready: () => metrics.value !== null,
  shows: "model",
  reads: () => [],
  load: async () => ({}),
  histories: ["metrics", "findings", "lessons", "change", "pair", "other runs", "compared metrics"],
  historiesLater: false,
  onlyLogged: false,
};

const PARTLY = {
  why: "Acts in “Changed most” and “Token pair”; head metrics are those that were logged.",
  off: false,
};
const IGNORED: IgnoredSettings = {
  show: PARTLY,
  first: PARTLY,
  ...off("Head metrics, changes and pairs are of single tokens, and drawn whatever their size.", [
    "scale",
    "smallest",
    "mass",
    "words",
    "segments",
  ]),
};
