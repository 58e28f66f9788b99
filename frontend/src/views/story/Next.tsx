/** Where to go from a story. */

import type { JSX } from "preact";
import { lessonOf, openedLesson } from "../../state/lessons";
import { head, layer } from "../../state/selection";
import { stories, storyBy, storyNow } from "../../state/stories";
import { lessonTitle } from "../../ui/LessonDialog";
import { explore, openHead } from "./actions";

export function Next(): JSX.Element {
  const told = storyNow.value;
  return (
    <nav class="story-next" aria-label="From here">
      <button
        type="button"
        class="button primary"
        disabled={stories.value.length - (told ? 1 : 0) < 1}
        data-testid="story-next"
        onClick={() => storyBy(1)}
      >
        Next story <kbd>n</kbd>
      </button>
      <button
        type="button"
        class="button"
        title={`Layer ${layer.value} head ${head.value} in the head view`}
        data-testid="story-open"
        onClick={openHead}
      >
        Open this head
      </button>
      {told && lessonOf(told.lesson) && (
        <button
          type="button"
          class="button"
          data-testid="story-lesson"
          onClick={() => {
            openedLesson.value = told.lesson;
          }}
        >
          {lessonTitle(told.lesson)}
        </button>
      )}
      <button
        type="button"
        class="button"
        title="all heads along all steps, in the overview"
        data-testid="story-explore"
        onClick={explore}
      >
        Explore all heads
      </button>
    </nav>
  );
}
