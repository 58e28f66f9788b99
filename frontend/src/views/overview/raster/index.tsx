/** (c) Heads x steps: a vertical edge is a moment in which heads changed together. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { followSize } from "../../../draw/size";
import { countText } from "../../../format";
import { metricNow } from "../../../state/overview";
import { chooseStep } from "../../../state/selection";
import { headName, metricUnitText, metricWords } from "../../../ui/metric_words";
import { choose, pointAtStep, rasterOrder, series } from "../state";
import { rasterCell } from "./layout";
import { headsOfLine, paintRaster, paintRasterMarks, rasterAt } from "./paint";

export function Raster(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const height = useSignal(0);
  useEffect(() => {
    const known = box.current;
    return known
      ? followSize(known, () => {
          height.value = known.clientHeight;
        })
      : undefined;
  }, [height]);
  const at = (x: number, y: number): { readonly index: number; readonly column: number } | null => {
    if (!box.current) return null;
    const cell = rasterCell(rasterAt(box.current.clientWidth, box.current.clientHeight), x, y);
    const index = cell && rasterOrder.peek()[cell.row];
    return cell && index !== undefined && index !== null ? { index, column: cell.column } : null;
  };
  return (
    <>
      <p class="note" data-testid="raster-note">
        {rowWords(headsOfLine(height.value))}
        {(series.value?.steps.length ?? 0) > 1 &&
          ", by when they changed; a vertical edge is a change of many heads at once"}
      </p>
      <div class="overview-fill" ref={box}>
        {rasterOrder.value.length === 0 && (
          <p class="overview-over note">No head is of this type at this step.</p>
        )}
        <Canvas
          draw={paintRaster}
          overlay={paintRasterMarks}
          label={`${metricWords(metricNow.value).label} of every head at every step`}
          testId="raster"
          cursor="pointer"
          onPoint={(x, y) => pointAt(at(x, y))}
          onLeave={() => pointAt(null)}
          onPress={(x, y, event) => {
            const found = at(x, y);
            const head = found && series.peek()?.heads[found.index];
            const wanted = found && series.peek()?.steps[found.column];
            if (!head || wanted === undefined || wanted === null) return;
            choose(head, event.shiftKey);
            if (!event.shiftKey) chooseStep(wanted);
          }}
        />
      </div>
    </>
  );
}

/** Where heads are more than lines of pixels, each line is the mean of some. */
function rowWords(heads: number): string {
  if (heads <= 1) return "each row a head";
  return `each line the mean of ${Number(heads.toPrecision(2))} heads`;
}

/** The status bar tells the value at that step, not at the one on the screen. */
function pointAt(cell: { readonly index: number; readonly column: number } | null): void {
  const [own, head] = [series.peek(), cell && series.peek()?.heads[cell.index]];
  if (!cell || !own || !head) {
    pointAtStep(-1, null);
    return;
  }
  const name = metricNow.peek();
  const value = metricUnitText(own.values[cell.index * own.steps.length + cell.column], name);
  const at = countText(own.steps[cell.column] ?? 0);
  pointAtStep(cell.index, `${headName(head)} at step ${at}: ${metricWords(name).label} ${value}`);
}
