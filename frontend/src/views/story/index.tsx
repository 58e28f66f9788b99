/**
 * A story: what stands out, in words; the head before and after; its curve beside those of the run;
 * and what else there is to tell.
 */

import type { JSX } from "preact";
import type { View } from "../view";
import { STORY_KEYS } from "./actions";
import { CurveCard } from "./curves";
import { Headline } from "./Headline";
import { HeadOrder } from "./HeadOrder";
import { MapCard } from "./MapCard";
import { Next } from "./Next";
import { StoryList } from "./StoryList";
import { hasSteps, isReady, paired } from "./state";
import css from "./story.css?inline";
import { storyTables } from "./tables";
import { headlineText } from "./words";

export const storyView: View = {
  name: "story",
  label: "Story",
  hint: "what stands out most, in words and pictures",
  component: StoryView,
  css: [css],
  ready: isReady,
  shows: "head",
  title: headlineText,
  tables: storyTables,
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

function StoryView(): JSX.Element {
  const two = paired.value;
  return (
    <div class="story-view" data-testid="story-view">
      <div class="story-page">
        <Headline />
        <div class={`story-cards ${two ? "" : "alone"}`}>
          {two && <MapCard side="before" paired />}
          <MapCard side="after" paired={two} />
          {hasSteps.value ? <CurveCard /> : <HeadOrder />}
        </div>
        <div class="story-foot">
          <StoryList />
          <Next />
        </div>
      </div>
    </div>
  );
}
