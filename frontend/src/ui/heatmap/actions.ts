/** What pointer and keyboard do in a heat map, wherever it stands. */

import { cellOfPixel } from "../../draw/cell_pixels";
import { requestFrame } from "../../draw/frames";
import { scrollToMiddle } from "../sight";
import { type Cross, keyAction } from "./keys";
import { cellAtPoint, type MapCell, mapCorner, pictureSize, pixelAtPoint } from "./layout";
import type { HeatMapStage, Place, Point } from "./state";

const FACTOR = 1.5;

/**
 * The cell that is seen at a place of the box: of several that share a pixel the one whose colour
 * it has.
 */
export function cellUnder({ source, maps, view }: HeatMapStage, at: Point): MapCell | null {
  const now = maps.peek();
  if (now === null) return null;
  const [x, y] = [at.x + view.peek().left, at.y + view.peek().top];
  const size = pictureSize(now, now);
  const pixel = pixelAtPoint(now, size, x, y);
  const cells = pixel && source.heads()[pixel.map]?.cells;
  // A picture that stands in until the weights are there has other cells.
  if (!cells || cells.queries !== now.queries || cells.keys !== now.keys)
    return cellAtPoint(now, x, y);
  return { map: pixel.map, ...cellOfPixel(cells, size, pixel.row, pixel.column) };
}

export function placeOf(scroller: HTMLElement, event: MouseEvent): Place {
  const bounds = scroller.getBoundingClientRect();
  return {
    x: event.clientX - bounds.left,
    y: event.clientY - bounds.top,
    width: scroller.clientWidth,
  };
}

/**
 * Cells larger (+1) or smaller (-1); what is at a place of the box, or in the middle, stays where
 * it is.
 */
export function zoomMaps(stage: HeatMapStage, direction: 1 | -1, around?: Point): void {
  const { scroller, maps, source } = stage;
  const before = maps.peek();
  if (scroller === null || before === null || (direction > 0 && before.largest)) return;
  const at = around ?? { x: scroller.clientWidth / 2, y: scroller.clientHeight / 2 };
  const kept = cellAtPoint(before, at.x + scroller.scrollLeft, at.y + scroller.scrollTop);
  source.zoom.value = Math.max(1, source.zoom.peek() * (direction > 0 ? FACTOR : 1 / FACTOR));
  // The room to scroll in has its new size after the next frame.
  requestFrame(() => {
    const after = maps.peek();
    if (after === null || kept === null) return;
    const corner = mapCorner(after, kept.map);
    scroller.scrollLeft = corner.x + (kept.key + 0.5) * after.cell - at.x;
    scroller.scrollTop = corner.y + (kept.query + 0.5) * after.cell - at.y;
  });
}

export function zoomByWheel(stage: HeatMapStage, event: WheelEvent): void {
  if ((!event.ctrlKey && !event.metaKey) || stage.scroller === null) return;
  event.preventDefault();
  zoomMaps(stage, event.deltaY < 0 ? 1 : -1, placeOf(stage.scroller, event));
}

/** Arrow keys move from cell to cell, Enter presses, Escape leaves, + and - zoom. */
export function pressKey(stage: HeatMapStage, event: KeyboardEvent): void {
  const { source } = stage;
  const shape = source.shape();
  if (shape === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const pointed = source.pointed();
  const from = pointed ?? source.start();
  const action = keyAction(event.key, from, shape, pointed !== null);
  if (action === null) return;
  event.preventDefault();
  event.stopPropagation();
  const map = pointed?.map ?? 0;
  if (action.kind === "leave") source.point(null, null);
  else if (action.kind === "zoom") zoomMaps(stage, action.direction, middleOf(stage, from, map));
  else if (action.kind === "press") source.press({ map, query: action.query, key: action.key });
  else {
    const cell = { map, query: action.query, key: action.key };
    source.point(cell, null);
    reveal(stage, cell);
  }
}

/** Where the middle of a cell is in the box; undefined where it is out of sight. */
function middleOf(
  { maps, view }: HeatMapStage,
  { query, key }: Cross,
  map: number,
): Point | undefined {
  const at = maps.peek();
  if (at === null || query === null || key === null) return undefined;
  const corner = mapCorner(at, map);
  const { width, height, left, top } = view.peek();
  const [x, y] = [
    corner.x + (key + 0.5) * at.cell - left,
    corner.y + (query + 0.5) * at.cell - top,
  ];
  return x >= 0 && y >= 0 && x < width && y < height ? { x, y } : undefined;
}

/** Scrolls so that a cell can be seen. */
function reveal({ maps, scroller }: HeatMapStage, { map, query, key }: MapCell): void {
  const at = maps.peek();
  if (at === null || scroller === null) return;
  const corner = mapCorner(at, map);
  const [x, y] = [corner.x + key * at.cell, corner.y + query * at.cell];
  const left = scrollToMiddle(x, at.cell, scroller.scrollLeft, scroller.clientWidth);
  const top = scrollToMiddle(y, at.cell, scroller.scrollTop, scroller.clientHeight);
  if (left !== scroller.scrollLeft) scroller.scrollLeft = left;
  if (top !== scroller.scrollTop) scroller.scrollTop = top;
}
