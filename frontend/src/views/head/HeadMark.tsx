/** The number of a head on its colour. */

import type { JSX } from "preact";
import { inkOn } from "../../draw/colour";

export function HeadMark({
  colour,
  text,
}: {
  readonly colour: string;
  readonly text: string;
}): JSX.Element {
  return (
    <span class="head-mark" style={{ background: colour, color: inkOn(colour) }}>
      {text}
    </span>
  );
}
