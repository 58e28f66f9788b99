/** One matrix of the head: at the step before, or at the step after. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { countText, percentText } from "../../format";
import { wholeName } from "../../state/arriving";
import { withPlace } from "../../state/compare";
import { type HeadCells, undrawnShare } from "../../state/head_cells";
import { metricNow } from "../../state/overview";
import { head, layer, run, stackNow, step, tag } from "../../state/selection";
import { isLogged } from "../../state/settle";
import { limits } from "../../state/show";
import { Card } from "../../ui/Card";
import { HeatMap } from "../../ui/heatmap";
import { createStage } from "../../ui/heatmap/state";
import { undrawnText } from "../../ui/heatmap/words";
import { metricUnitText, metricWords } from "../../ui/metric_words";
import { openHead } from "./actions";
import { cellsOf, changes, largestText, pinnedText, type Side, sourceOf } from "./maps";
import { valueAt } from "./state";

interface MapCardProps {
  readonly side: Side;
  /** There is another matrix beside it. */
  readonly paired: boolean;
}

export function MapCard({ side, paired }: MapCardProps): JSX.Element {
  const stage = useMemo(() => createStage(sourceOf(side, openHead)), [side]);
  const cells = cellsOf(side).value;
  const name = nameOf(side, paired);
  return (
    <Card id={`story-${side}`} class="story-map-card" label={name} testId={`story-${side}`}>
      <h2>{name}</h2>
      <p class="note story-said">{saidOf(side)}</p>
      <div class="story-map">
        {cells ? (
          <HeatMap
            stage={stage}
            label={`Weights of layer ${layer.value} head ${head.value} at ${stepOf(side)}: queries down, keys to the right. Arrow keys move, Enter pins, plus and minus zoom.`}
            testId={`story-map-${side}`}
          />
        ) : (
          <p class="note">{missing()}</p>
        )}
      </div>
      <p class="note story-changes" title={cells ? undrawnText(cells, limits.value) : ""}>
        {[changes.value, cells ? leftOutText(cells) : ""].filter(Boolean).join(" · ")}
      </p>
    </Card>
  );
}

/** "B, step 130 · layer 1 head 2", as the step bar has it; of the second of two the step alone. */
function nameOf(side: Side, paired: boolean): string {
  const at = `${paired ? `${side === "after" ? "A" : "B"}, s` : "S"}${stepOf(side).slice(1)}`;
  return side === "after" && paired ? at : `${at} · layer ${layer.value} head ${head.value}`;
}

/** With run and probe of what is compared, where they are others. */
function stepOf(side: Side): string {
  const other = withPlace.value;
  if (side === "after" || !other) return `step ${countText(step.value)}`;
  const where = [
    other.run === run.value ? "" : other.run,
    other.tag === tag.value ? "" : other.tag,
  ];
  return [`step ${countText(other.step)}`, ...where].filter(Boolean).join(" · ");
}

/** The number of the metric, the largest weight, and the pair that is pinned. */
function saidOf(side: Side): string {
  const value = side === "after" ? valueAt(step.value) : valueBefore();
  const { label } = metricWords(metricNow.value);
  return [
    Number.isNaN(value) ? "" : `${label} ${metricUnitText(value, metricNow.value)}`,
    pinnedText(side),
    largestText(side),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** How much of the weight is too small to be drawn; the tip says why. */
function leftOutText(cells: HeadCells): string {
  const share = undrawnShare(cells);
  return share < 0.005 ? "" : `${percentText(share)} of ${wholeName.value} is not drawn`;
}

/** What is compared may be of another probe, whose metrics are not here. */
function valueBefore(): number {
  const other = withPlace.value;
  return other?.run === run.value && other.tag === tag.value ? valueAt(other.step) : Number.NaN;
}

function missing(): string {
  const stack = stackNow.value;
  return stack && !isLogged(stack, { layer: layer.value, head: head.value })
    ? "The weights of this head were not logged."
    : "";
}
