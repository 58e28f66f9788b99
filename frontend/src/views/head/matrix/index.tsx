/** The drawing of matrices: a heat map for each chosen head, rows are queries, columns are keys. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { HeatMap } from "../../../ui/heatmap";
import { MapZoom } from "../../../ui/heatmap/MapZoom";
import { MaskedSign } from "../../../ui/heatmap/MaskedSign";
import { createStage, type HeatMapStage } from "../../../ui/heatmap/state";
import type { HeadDrawing } from "../drawing";
import { ShadeLegend } from "../ShadeLegend";
import { headMaps, shape } from "../state";
import { PointedTip } from "../Tip";
import { source } from "./source";

export const matrixDrawing: HeadDrawing = {
  hint: "every weight as a cell",
  reading: "Rows are queries, columns are keys.",
  pointing: "Point at a cell for its number; click to keep the pair.",
  component: MatrixDrawing,
  legend: MatrixLegend,
  css: [],
  namesHeads: true,
  says: null,
  seen: null,
};

function MatrixLegend(): JSX.Element {
  const cells = headMaps.value[0]?.cells;
  return (
    <>
      <ShadeLegend />
      <MaskedSign masked={cells?.masked ?? null} signed={cells?.signed ?? false} />
    </>
  );
}

function MatrixDrawing(): JSX.Element {
  const stage = useMemo(() => createStage(source), []);
  const size = `${shape.value?.queries ?? 0} queries by ${shape.value?.keys ?? 0} keys`;
  const heads = headMaps.value.length === 1 ? "one head" : `${headMaps.value.length} heads`;
  return (
    <div class="head-lines">
      <HeatMap stage={stage} label={`Weights of ${heads}, ${size}`} testId="head-maps">
        <PointedTip />
      </HeatMap>
      <div class="head-foot">
        <p class="note head-note">
          {noteText(stage)}
          {pressable(stage) && <span data-export="off">Double-click a map: this head alone.</span>}
        </p>
        <MapZoom stage={stage} testId="head" />
      </div>
    </div>
  );
}

function noteText({ maps }: HeatMapStage): string {
  const at = maps.value;
  if (at === null || at.cell * at.ratio >= 1) return "";
  const each = Math.ceil(1 / (at.cell * at.ratio));
  return `A pixel shows the largest of up to ${each} × ${each} weights, and so does the number.`;
}

function pressable({ maps }: HeatMapStage): boolean {
  const at = maps.value;
  return at !== null && at.cell * at.ratio >= 1 && at.count > 1;
}
