/** The sentences of a story. */

import { countText, plural } from "../../format";
import { withPlace } from "../../state/compare";
import { head, layer, run, step, tag } from "../../state/selection";
import { stories, storyNow } from "../../state/stories";
import type { Story } from "../../types";

/** What stands out; without a story the head that is shown. */
export function headlineText(): string {
  return storyNow.value?.headline ?? `Layer ${layer.value} head ${head.value}${stepsText()}`;
}

/** What that does to the output; without a story where there are some. */
export function detailText(done: boolean): string {
  const told = storyNow.value;
  if (told) return told.detail;
  if (!done) return "Looking for what stands out.";
  const [all, here] = [
    stories.value.length,
    stories.value.filter((each) => each.run === run.value && each.tag === tag.value).length,
  ];
  if (all === 0)
    return "Nothing stands out in these logs: no head became of a type, and none matters more than others.";
  return here === 0
    ? `This probe has no story of its own. ${plural(all, "story", "stories")} elsewhere.`
    : `No story is about this head; ${plural(here, "story is", "stories are")} about others of this probe.`;
}

function stepsText(): string {
  const other = withPlace.value;
  return other?.run === run.value && other.tag === tag.value
    ? `, steps ${countText(other.step)} and ${countText(step.value)}`
    : ` at step ${countText(step.value)}`;
}

/** Where a story is from, as far as that is not what is shown. */
export function placeText(story: Story): string {
  return [story.run === run.value ? "" : story.run, story.tag === tag.value ? "" : story.tag]
    .filter(Boolean)
    .join(" · ");
}
