/** Settings of SHOW that thumbnails, lines and rollouts cannot follow. */

import { modelDrawing } from "../../state/model_drawing";
import { token } from "../../state/show";
import { type Ignored, type IgnoredSettings, off } from "../../state/show_acts";
import { beside } from "./state";

const COARSE = "Thumbnails hold sums over tokens, too coarse for this";

/** Reads signals. */
export function ignored(): IgnoredSettings {
  if (modelDrawing.value === "rollout") {
    return {
      ...off("A rollout is made of the weights of all heads.", ["show"]),
      ...off("A rollout is drawn in full: after many layers most of it is small.", ["smallest"]),
      ...(token.value === "resting"
        ? off("A rollout has no heads that rest on a token: choose the first or one token.", [
            "first",
          ])
        : {}),
    };
  }
  if (modelDrawing.value === "sheet") {
    const near = { why: `${COARSE}: it acts in heads that are near.`, off: false };
    return { mass: near, words: near };
  }
  const coarse = inEnlarged(COARSE);
  const lines = off("Lines have the weight itself as opacity: see the heat maps.", ["scale"]);
  return { mass: coarse, words: coarse, ...(modelDrawing.value === "lines" ? lines : {}) };
}

function inEnlarged(why: string): Ignored {
  const some = beside.value.length > 0;
  return {
    why: some ? `${why}: it acts in enlarged heads.` : `${why}: enlarge a head.`,
    off: !some,
  };
}
