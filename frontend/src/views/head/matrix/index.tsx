/** The drawing of matrices: a heat map for each chosen head, rows are queries, columns are keys. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { cellAtPoint, type MapCell, mapCorner } from "../../../draw/matrix";
import { isolateHead, unpin } from "../../../state/selection";
import type { HeadDrawing } from "../drawing";
import { focus, pointNothing, pointPair, pressPair } from "../focus";
import { keyLabels, queryLabels } from "../rows";
import { ShadeLegend } from "../ShadeLegend";
import { spoken } from "../Spoken";
import { mapSeries, placeOfMap, shape } from "../series";
import { PointedTip, targetTip, tip } from "../Tip";
import { MapZoom } from "./MapZoom";
import css from "./matrix.css?inline";
import { paintCross, paintMaps } from "./paint";
import { box, maps, scrollLeft, scrollTop } from "./state";
import { zoomByWheel } from "./zoom";

export const matrixDrawing: HeadDrawing = {
  hint: "every weight as a cell",
  reading: "Rows are queries, columns are keys.",
  pointing: "Point at a cell for its number; click to keep the pair.",
  component: MatrixDrawing,
  legend: ShadeLegend,
  css: [css],
  namesHeads: true,
  seen: null,
};

/** Arrow keys move from cell to cell while it has the focus. */
const KEYBOARD = { role: "application", tabIndex: 0 } as const;

function MatrixDrawing(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => (scroller.current ? follow(scroller.current) : undefined), []);
  const size = `${shape.value?.queries ?? 0} queries by ${shape.value?.keys ?? 0} keys`;
  const label = `Weights of ${mapSeries.value.length === 1 ? "one head" : `${mapSeries.value.length} heads`}, ${size}`;
  return (
    <div class="head-lines">
      <div
        ref={scroller}
        class="head-maps"
        {...KEYBOARD}
        {...{ "aria-label": label }}
        data-testid="head-maps"
      >
        <div class="head-maps-picture" aria-hidden="true">
          <div style={{ height: `${box.value.height}px`, width: `${box.value.width}px` }}>
            <Canvas class="head-layer" draw={paintMaps} overlay={paintCross} label="" />
            <PointedTip />
          </div>
        </div>
        <div
          style={{ height: `${maps.value?.contentHeight ?? 0}px`, width: `${roomAcross()}px` }}
        />
      </div>
      <div class="head-foot">
        <p class="note head-note">{noteText()}</p>
        <MapZoom scroller={scroller} />
      </div>
    </div>
  );
}

/** Content that fits leaves no bar to scroll with. */
function roomAcross(): number {
  const wanted = maps.value?.contentWidth ?? 0;
  return wanted > box.value.width ? wanted : 1;
}

function noteText(): string {
  const at = maps.value;
  if (at === null) return "";
  if (at.cell * box.value.ratio >= 1)
    return at.count > 1 ? "Double-click a map: this head alone." : "";
  const each = Math.ceil(1 / (at.cell * box.value.ratio));
  return `A pixel shows the largest of up to ${each} × ${each} weights; the number is that of the one cell under the cross.`;
}

function follow(scroller: HTMLElement): () => void {
  let resting: MouseEvent | null = null;
  const stop = new AbortController();
  const observer = new ResizeObserver(() => {
    const next = {
      width: scroller.clientWidth,
      height: scroller.clientHeight,
      ratio: window.devicePixelRatio || 1,
    };
    if (next.height > 0) box.value = next;
  });
  observer.observe(scroller);
  const leave = (): void => {
    resting = null;
    spoken.value = null;
    pointNothing();
    tip.value = null;
  };
  const move = (event: PointerEvent): void => {
    resting = event;
    point(scroller, event);
  };
  const scroll = (): void => {
    scrollTop.value = scroller.scrollTop;
    scrollLeft.value = scroller.scrollLeft;
    if (resting) point(scroller, resting);
  };
  scroller.addEventListener("pointermove", move, stop);
  scroller.addEventListener("pointerleave", leave, stop);
  scroller.addEventListener("click", (event) => click(scroller, event), stop);
  scroller.addEventListener("keydown", (event) => press(scroller, event), stop);
  scroller.addEventListener("blur", leave, stop);
  scroller.addEventListener("dblclick", (event) => isolate(scroller, event), stop);
  scroller.addEventListener("scroll", scroll, stop);
  scroller.addEventListener("wheel", (event) => zoomByWheel(scroller, event), {
    signal: stop.signal,
    passive: false,
  });
  return () => {
    stop.abort();
    observer.disconnect();
    scrollTop.value = 0;
    scrollLeft.value = 0;
    leave();
  };
}

function cellUnder(
  scroller: HTMLElement,
  event: MouseEvent,
): { cell: MapCell | null; x: number; y: number } {
  const bounds = scroller.getBoundingClientRect();
  const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
  const at = maps.peek();
  return { cell: at && cellAtPoint(at, x + scroller.scrollLeft, y + scroller.scrollTop), x, y };
}

function point(scroller: HTMLElement, event: MouseEvent): void {
  const { cell, x, y } = cellUnder(scroller, event);
  if (cell === null) pointNothing();
  else pointPair(cell.query, cell.key, placeOfMap(cell.map));
  const width = box.peek().width;
  tip.value =
    cell &&
    targetTip(
      { kind: "pair", query: cell.query, key: cell.key, series: placeOfMap(cell.map) },
      { x, y, width },
    );
}

function click(scroller: HTMLElement, event: MouseEvent): void {
  const { cell } = cellUnder(scroller, event);
  if (cell === null) unpin();
  else pressPair(cell.query, cell.key, placeOfMap(cell.map));
}

/** The two single clicks before it have pinned and let go again. */
function isolate(scroller: HTMLElement, event: MouseEvent): void {
  const { cell } = cellUnder(scroller, event);
  const head = cell && mapSeries.peek()[cell.map]?.head;
  if (head != null) isolateHead(head);
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [10, 0],
  PageUp: [-10, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};

function press(scroller: HTMLElement, event: KeyboardEvent): void {
  const { query, key, head } = focus.peek();
  const map = Math.max(
    0,
    mapSeries.peek().findIndex((each) => each.head === head),
  );
  const move = MOVES[event.key];
  if (move) {
    const next = (at: number | null, by: number, count: number): number =>
      Math.max(0, Math.min(count - 1, at === null ? 0 : at + by));
    const wanted = {
      query: next(query, move[0], queryLabels.peek().length),
      key: next(key, move[1], keyLabels.peek().length),
    };
    pointPair(wanted.query, wanted.key, placeOfMap(map));
    spoken.value = wanted;
    reveal(scroller, map, wanted);
  } else if ((event.key === "Enter" || event.key === " ") && query !== null && key !== null)
    pressPair(query, key, placeOfMap(map));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Scrolls so that a cell of a map can be seen. */
function reveal(
  scroller: HTMLElement,
  map: number,
  { query, key }: { readonly query: number; readonly key: number },
): void {
  const at = maps.peek();
  if (at === null) return;
  const corner = mapCorner(at, map);
  const [x, y] = [corner.x + key * at.cell, corner.y + query * at.cell];
  if (x < scroller.scrollLeft || x + at.cell > scroller.scrollLeft + scroller.clientWidth)
    scroller.scrollLeft = x - scroller.clientWidth / 2;
  if (y < scroller.scrollTop) scroller.scrollTop = y - 40;
  else if (y + at.cell > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = y - scroller.clientHeight / 2;
}
