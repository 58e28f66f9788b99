/** What stands out, in large type, and under it what that does. */

import type { JSX } from "preact";
import { askedStories, storyNow } from "../../state/stories";
import { detailText, headlineText } from "./words";

export function Headline(): JSX.Element {
  const { value, problem } = askedStories.value;
  const detail = detailText(value?.done === true || problem !== null);
  return (
    <header class="story-head" aria-live="polite">
      <h1 data-testid="story-headline" class={storyNow.value ? "" : "story-plain"}>
        {headlineText()}
      </h1>
      {detail !== "" && (
        <p class="story-detail" data-testid="story-detail">
          {detail}
        </p>
      )}
    </header>
  );
}
