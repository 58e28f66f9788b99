/**
 * One head enlarged, drawn as the cells of the grid are: full weights, token labels where they fit,
 * exact numbers under the pointer.
 */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { modelDrawing } from "../../../state/model_drawing";
import type { HeadAddress } from "../../../state/selection";
import { limits } from "../../../state/show";
import { HeatMap } from "../../../ui/heatmap";
import { MapZoom } from "../../../ui/heatmap/MapZoom";
import { createStage } from "../../../ui/heatmap/state";
import { changeText, undrawnText } from "../../../ui/heatmap/words";
import type { Side } from "../compared";
import { leftOutText } from "../head_lines";
import { weightsOf } from "../state";
import { Lines } from "./Lines";
import { enlargedHead } from "./source";

interface EnlargedProps {
  readonly address: HeadAddress;
  readonly width: number;
  readonly side: Side;
}

export function Enlarged({ address, width, side }: EnlargedProps): JSX.Element | null {
  const { layer, head: number } = address;
  const head = useMemo(
    () => enlargedHead({ layer, head: number }, width, side),
    [layer, number, width, side],
  );
  const stage = useMemo(() => createStage(head.source), [head]);
  const { cells, text, changes } = head;
  if (head.source.heads().length === 0) return null;
  const asLines = modelDrawing.value === "lines";
  const undrawn = cells.value ? undrawnText(cells.value, limits.value) : "";
  const leftOut = asLines && cells.value ? leftOutText(cells.value) : "";
  const change = cells.value
    ? changeText(cells.value, weightsOf({ layer, head: number })?.exact ?? true)
    : "";
  return (
    <>
      {asLines ? (
        <Lines address={address} head={head} width={width} />
      ) : (
        <HeatMap
          stage={stage}
          label={`Weights of layer ${layer} head ${number}: queries down, keys to the right. Arrow keys move, Enter pins, plus and minus zoom.`}
          testId={`model-matrix-${layer}-${number}`}
        />
      )}
      <div class="model-exact">
        <p role="status" data-testid="model-exact">
          {text}
        </p>
        {!asLines && <MapZoom stage={stage} testId="model" />}
      </div>
      {changes.value !== "" && (
        <p class="note" data-testid="model-changes">
          {changes.value}
        </p>
      )}
      {change !== "" && (
        <p class="note" data-testid="model-span">
          {change}
        </p>
      )}
      {leftOut !== "" && (
        <p class="note" data-testid="model-links-left">
          {leftOut}
        </p>
      )}
      {undrawn !== "" && (
        <p class="note" data-testid="model-hidden">
          {undrawn}
        </p>
      )}
    </>
  );
}
