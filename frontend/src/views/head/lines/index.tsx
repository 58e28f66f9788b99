/** The drawing of lines: two columns of tokens and one curve for each weight. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { followSize } from "../../../draw/size";
import type { HeadDrawing } from "../drawing";
import { focus } from "../focus";
import { linksText } from "../notes";
import { shape } from "../state";
import { PointedTip } from "../Tip";
import { leftText, limitNow } from "../words";
import { followPointer } from "./actions";
import { DrawnNote } from "./DrawnNote";
import { Legend } from "./Legend";
import css from "./lines.css?inline";
import { paintPicture, paintTokens } from "./paint";
import { paintFocus } from "./paint_focus";
import { RowSize } from "./RowSize";
import { columns, edgesAtRest, listedRows, plotSize } from "./state";
import { Titles } from "./Titles";
import { TokenColumn } from "./TokenColumn";

export const linesDrawing: HeadDrawing = {
  hint: "two columns of tokens, a line for each weight",
  reading: "Query (left) attends to key (right).",
  pointing: "Point at a token or a line for its numbers; click to keep it.",
  component: LinesDrawing,
  legend: Legend,
  css: [css],
  namesHeads: false,
  says: DrawnNote,
  seen: {
    queries: listedRows,
    // Only this drawing leaves out the queries that are out of sight.
    note: () => (columns.value?.scrolls ? "Of the queries in view." : ""),
  },
};

function LinesDrawing(): JSX.Element {
  const plot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => (plot.current ? followPlot(plot.current) : undefined), []);
  useEffect(() => (plot.current ? followPointer(plot.current) : undefined), []);
  return (
    <div class="head-lines">
      <Titles />
      <div ref={plot} class="head-plot" data-testid="head-plot">
        <div class="head-layers" aria-hidden="true">
          <PictureLayer />
          <Canvas class="head-layer" draw={paintFocus} label="" />
          <TokenLayer />
        </div>
        <TokenColumn side="query" />
        <TokenColumn side="key" />
        <PointedTip />
      </div>
      <div class="head-foot">
        <Note />
        <RowSize />
      </div>
    </div>
  );
}

/**
 * The whole picture steps back while a token or a pair is looked at; it is not drawn again for
 * that.
 */
function PictureLayer(): JSX.Element {
  const { anchor, pinned } = focus.value;
  const opacity = anchor === null ? 1 : anchor === "pair" ? 0.5 : pinned ? 0.35 : 0;
  return <Canvas class="head-layer" style={{ opacity }} draw={paintPicture} label="" />;
}

/** Where only some tokens have room for their names, the names that matter now take their place. */
function TokenLayer(): JSX.Element {
  const named = focus.value.anchor !== null && (columns.value?.every ?? 1) > 1;
  return (
    <Canvas class="head-layer" style={{ opacity: named ? 0 : 1 }} draw={paintTokens} label="" />
  );
}

function Note(): JSX.Element {
  const edges = edgesAtRest.value;
  const all = shape.value?.queries ?? 0;
  if (edges === null) return <p class="note head-note" />;
  const [from, to] = listedRows();
  return (
    <p class="note head-note" data-testid="head-note">
      {linksText(edges, limitNow(), { seen: to - from, all })} {leftText(from, to)}
    </p>
  );
}

function followPlot(box: HTMLElement): () => void {
  return followSize(box, () => {
    const [width, height] = [box.clientWidth, box.clientHeight];
    const now = plotSize.peek();
    if (height > 0 && (width !== now.width || height !== now.height))
      plotSize.value = { width, height };
  });
}
