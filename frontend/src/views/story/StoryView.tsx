/**
 * A story: what stands out, in words; the head before and after; its curve beside those of the run;
 * and what else there is to tell.
 */

import type { JSX } from "preact";
import { step } from "../../state/selection";
import { Card } from "../../ui/Card";
import { HeadOrder } from "../../ui/HeadOrder";
import type { ViewPart } from "../view";
import { CurveCard } from "./curves";
import { Headline } from "./Headline";
import { MapCard } from "./MapCard";
import { Next } from "./Next";
import { StoryList } from "./StoryList";
import { hasSteps, paired, valueAt } from "./state";
import css from "./story.css?inline";
import { storyTables } from "./tables";
import { headlineText } from "./words";

export const part: ViewPart = {
  component: StoryView,
  css: [css],
  title: headlineText,
  tables: storyTables,
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
          {hasSteps.value ? (
            <CurveCard />
          ) : (
            <Card id="story-heads" class="story-order" label="The heads in order">
              <HeadOrder metricOf={(of) => valueAt(step.value, of)} testId="story-order" />
            </Card>
          )}
        </div>
        <div class="story-foot">
          <StoryList />
          <Next />
        </div>
      </div>
    </div>
  );
}
