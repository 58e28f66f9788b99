/** HEADS: in the head view they are switched on and off, in the other views one is chosen. */

import type { JSX } from "preact";
import { headColour, inkOn } from "../draw/colour";
import { theme } from "../state/host";
import {
  allHeads,
  focusHead,
  head,
  headCount,
  heads,
  isolateHead,
  layer,
  layerNow,
  toggleHead,
  view,
} from "../state/selection";
import { Section } from "../ui/Section";
import { Tiles } from "../ui/Tiles";
import { VIEWS } from "../views";
import { ClickOrDouble } from "./click";
import { headHint } from "./head_hint";

const clicks = new ClickOrDouble<number>(toggleHead, isolateHead);

export function HeadTiles(): JSX.Element {
  const several = VIEWS[view.value].shows === "heads";
  const all = several && (
    <button
      type="button"
      class="link"
      data-testid="heads-all"
      disabled={heads.value.length === headCount.value}
      onClick={allHeads}
    >
      all
    </button>
  );
  return (
    <Section title={`${several ? "Heads" : "Head"} of layer ${layer.value}`} aside={all}>
      <Tiles label={several ? "Heads" : "Head"}>
        {Array.from({ length: headCount.value }, (_, index) => (
          <HeadTile key={index} index={index} several={several} />
        ))}
      </Tiles>
      {several && headCount.value > 1 && (
        <p class="note">Click: on or off. Double-click: this one alone.</p>
      )}
    </Section>
  );
}

function HeadTile({
  index,
  several,
}: {
  readonly index: number;
  readonly several: boolean;
}): JSX.Element {
  const logged = layerNow.value?.logged_heads?.includes(index) ?? true;
  const on = logged && (several ? heads.value.includes(index) : head.value === index);
  const colour = headColour(index, theme.value);
  return (
    <button
      type="button"
      class={`tile head-colour ${head.value === index ? "focused" : ""}`}
      style={{ "--tile": colour, "--tile-ink": inkOn(colour) }}
      aria-pressed={on}
      disabled={!logged}
      aria-label={`Head ${index}`}
      title={logged ? hint(index, several) : `Head ${index}: its queries and keys were not logged`}
      tabIndex={head.value === index ? 0 : -1}
      data-testid={`head-tile-${index}`}
      onClick={(event) => {
        if (!several) focusHead(layer.value, index);
        else if (event.shiftKey) isolateHead(index);
        else clicks.click(index, event.detail);
      }}
    >
      {index}
    </button>
  );
}

function hint(index: number, several: boolean): string {
  return `${headHint(index)}${several ? "\nclick: on or off · double-click or Shift: this one alone, or all again" : ""}`;
}
