/** What the page knows of the story view before its script is there. */

import type { View } from "../view";
import { STORY_KEYS } from "./actions";
import { isReady } from "./state";

export const storyView: View = {
  name: "story",
  label: "Story",
  hint: "what stands out most, in words and pictures",
  ready: isReady,
  shows: "head",
  keys: STORY_KEYS,
  reads: ({ head, leftOut }) => [head, leftOut],
  load: async ({ api, place, fitted, signal }) => {
    const { stack, layer, head, enlarged } = fitted;
    const logged = enlarged.some((each) => each.layer === layer && each.head === head);
    return {
      headWeights: logged ? [await api.headWeights(place, stack, layer, head, fitted, signal)] : [],
    };
  },
  histories: ["metrics", "stories", "curves", "lessons"],
  historiesLater: false,
  onlyLogged: false,
};
