/** What width, opacity and colour mean. */

import type { JSX } from "preact";
import { sequential } from "../../draw/colour";
import { theme } from "../../state/host";
import { drawing } from "../../state/selection";
import { scale, smallest } from "../../state/show";
import { HeadMark } from "./LinkTable";
import { colours, series } from "./series";

const SAMPLES = [0.05, 0.25, 0.5, 1] as const;
const HEADS_NAMED = 16;

export function Legend(): JSX.Element {
  return (
    <div class="head-legend">
      {drawing.value === "lines" ? <LineSamples /> : <Ramp />}
      <span class="note">
        {scale.value === "sqrt" ? "square-root scale" : "linear scale"}, from {smallest.value}
      </span>
      {drawing.value !== "matrix" && (
        <span class="head-legend-heads">
          {series.value.slice(0, HEADS_NAMED).map(({ head, name }, place) => (
            <HeadMark key={name} colour={colours.value[place] ?? "#888888"} text={head === null ? name : String(head)} />
          ))}
        </span>
      )}
    </div>
  );
}

function LineSamples(): JSX.Element {
  return (
    <span class="head-samples" role="img" aria-label="Width and opacity of a line follow its weight">
      {SAMPLES.map((weight) => {
        const strength = scale.value === "sqrt" ? Math.sqrt(weight) : weight;
        return (
          <span key={weight} class="head-sample">
            <i style={{ height: `${Math.max(1, strength * 6)}px`, opacity: 0.08 + 0.92 * strength }} />
            {weight}
          </span>
        );
      })}
    </span>
  );
}

function Ramp(): JSX.Element {
  const table = sequential(theme.value);
  const stops = Array.from({ length: 9 }, (_, index) => {
    const at = Math.round((index / 8) * 255) * 4;
    return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
  });
  const half = scale.value === "sqrt" ? "0.25" : "0.5";
  return (
    <span class="head-ramp" role="img" aria-label={`Colour from weight 0 over ${half} in the middle to 1`}>
      0
      <i style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }} />1
      <span class="head-ramp-half">middle {half}</span>
    </span>
  );
}
