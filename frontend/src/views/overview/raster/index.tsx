/** (c) Heads x steps: a vertical edge is a moment in which heads changed together. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { countText } from "../../../format";
import { metricNow } from "../../../state/overview";
import { chooseStep } from "../../../state/selection";
import { headName, metricUnitText, metricWords } from "../../../ui/metric_words";
import { choose, pointAtStep, rasterOrder, series } from "../state";
import { layoutRaster, paintRaster, paintRasterMarks, rasterCell } from "./paint";

export function Raster(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const at = (x: number, y: number): { readonly index: number; readonly column: number } | null => {
    if (!box.current) return null;
    const cell = rasterCell(layoutRaster(box.current.clientWidth, box.current.clientHeight), x, y);
    const index = cell && rasterOrder.peek()[cell.row];
    return cell && index !== undefined && index !== null ? { index, column: cell.column } : null;
  };
  return (
    <>
      <p class="note">
        each row a head, by when it changed; a vertical edge is a change of many heads at once
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
