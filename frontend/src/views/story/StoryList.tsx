/** All stories but the one on the screen. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { askedStories, openStory, stories, storyNow, type ToldStory } from "../../state/stories";
import { Card } from "../../ui/Card";
import { metricWords } from "../../ui/metric_words";
import { Table } from "../../ui/Table";
import { numberText } from "./state";
import { placeText } from "./words";

/** So many are listed at first. */
const FEW = 8;

export function StoryList(): JSX.Element {
  const others = stories.value.filter((each) => each !== storyNow.value);
  const { value, problem } = askedStories.value;
  const whole = useSignal(false);
  const shown = whole.value ? others : others.slice(0, FEW);
  return (
    <Card id="story-others" class="story-list" label="Other stories">
      <header>
        <h2>
          {storyNow.value ? "Other stories" : "Stories"}{" "}
          <span class="story-count" data-testid="story-count">
            {others.length}
          </span>
        </h2>
        {problem === null && value?.done !== true && (
          <span class="note" role="status">
            looking for more
          </span>
        )}
      </header>
      {problem !== null && <p class="note">{problem}</p>}
      {others.length === 0 && value?.done && (
        <p class="note">{storyNow.value ? "There is no other one." : "There is none yet."}</p>
      )}
      <Table columns={[]} testId="stories">
        {shown.map((each) => (
          <Row key={`${each.run} ${each.tag} ${each.id}`} story={each} />
        ))}
      </Table>
      {shown.length < others.length && (
        <button
          type="button"
          class="link"
          data-testid="stories-all"
          onClick={() => {
            whole.value = true;
          }}
        >
          all {others.length}
        </button>
      )}
    </Card>
  );
}

function Row({ story }: { readonly story: ToldStory }): JSX.Element {
  const place = placeText(story);
  return (
    <tr class={story.finding.level === "warning" ? "warning" : ""}>
      <td>
        <button
          type="button"
          class="story-other"
          title={story.detail}
          onClick={() => openStory(story)}
        >
          {story.headline}
        </button>
        {place !== "" && <span class="note story-place">{place}</span>}
      </td>
      <td class="number note" title={metricWords(story.metric ?? "").label}>
        {numberText(story)}
      </td>
    </tr>
  );
}
