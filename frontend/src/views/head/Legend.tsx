/** What the drawing means, and on what scale. */

import type { JSX } from "preact";
import { percentText } from "../../format";
import { leastChangeText, leastText } from "../../state/least";
import { mass, scale, smallest } from "../../state/show";
import { drawingNow } from "./drawings";
import { differs } from "./state";

export function Legend(): JSX.Element {
  const Own = drawingNow().legend;
  return (
    <div class="head-legend">
      <Own />
      <span class="note">
        {scale.value === "sqrt" ? "square-root scale" : "linear scale"}, from{" "}
        {(differs.value ? leastChangeText : leastText)(smallest.value)}
        {mass.value < 1 && `, the largest that make ${percentText(mass.value)} of each query`}
      </span>
    </div>
  );
}
