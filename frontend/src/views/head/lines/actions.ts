/** What the pointer does in the drawing of lines: points, pins, drags a ruler, zooms. */

import { cancelFrame, requestFrame, whenIdle } from "../../../draw/frames";
import { type Links, linkAt } from "../../../draw/links";
import { unpin } from "../../../state/selection";
import {
  focus,
  pinned,
  pointKey,
  pointNothing,
  pointPair,
  pointQuery,
  pressKey,
  pressPair,
  pressQuery,
} from "../focus";
import { type Target, targetTip, tip } from "../Tip";
import { type Columns, placeAt, RULER } from "./layout";
import {
  columns,
  focusLinks,
  keyScroll,
  picture,
  prepareMoving,
  queryScroll,
  scrolling,
} from "./state";
import { scrollColumn } from "./TokenColumn";
import { zoomBy } from "./zoom";

/** How far from a line the pointer may be, in CSS pixels. */
const REACH = 5;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Listens to the pointer in the box. Returns what ends it. */
export function followPointer(box: HTMLElement): () => void {
  let resting: Point | null = null;
  let dragged = false;
  const move = (event: PointerEvent): void => {
    const at = position(box, event);
    resting = at;
    if (event.buttons === 1 && drag(at)) dragged = true;
    else if (!scrolling.peek()) point(at);
  };
  const down = (event: PointerEvent): void => {
    dragged = drag(position(box, event));
  };
  const leave = (): void => {
    resting = null;
    pointNothing();
    tip.value = null;
  };
  const click = (event: MouseEvent): void => {
    if (!dragged) press(position(box, event));
    dragged = false;
  };
  // What has come under the pointer is pointed at once the columns rest. While they move it would be
  // another line in each frame, and what stands beside the picture would be made anew for each.
  const follow = (): void => {
    if (resting && !scrolling.peek()) point(resting);
  };
  const stopFollowing = scrolling.subscribe((moving) => {
    if (moving) tip.value = null;
    else requestFrame(follow);
  });
  // Who comes here may scroll or zoom: there is time for that before.
  const enter = (): void => whenIdle(prepareMoving);
  const stop = new AbortController();
  box.addEventListener("pointerenter", enter, stop);
  box.addEventListener("pointermove", move, stop);
  box.addEventListener("pointerdown", down, stop);
  box.addEventListener("pointerleave", leave, stop);
  box.addEventListener("click", click, stop);
  box.addEventListener("wheel", zoomByWheel, { signal: stop.signal, passive: false });
  return () => {
    stop.abort();
    stopFollowing();
    cancelFrame(follow);
    leave();
  };
}

function position(box: HTMLElement, event: MouseEvent): Point {
  const bounds = box.getBoundingClientRect();
  return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
}

function targetAt(at: Columns, { x, y }: Point): Target {
  if (rulerAt(at, x) !== null) return { kind: "nothing" };
  const place = placeAt(at, x, y, { query: queryScroll.peek(), key: keyScroll.peek() });
  if (place === null) return { kind: "nothing" };
  if (place.side !== "between") return { kind: place.side, row: place.row };
  const links = hittable();
  const edge = links === null ? -1 : linkAt(links, place.share, y, REACH);
  if (links === null || edge < 0) return { kind: "nothing" };
  const { query, key, series } = links.edges;
  return { kind: "pair", query: query[edge] ?? 0, key: key[edge] ?? 0, series: series[edge] ?? 0 };
}

/** The lines that can be pointed at: those of the pinned token, or all. */
function hittable(): Links | null {
  const { query, key } = pinned.peek();
  if (query === null && key === null) return picture.peek();
  const { anchor } = focus.peek();
  return anchor === "query" || anchor === "key" ? focusLinks.peek() : picture.peek();
}

function point(at: Point): void {
  const layout = columns.peek();
  if (layout === null) return;
  const target = targetAt(layout, at);
  if (target.kind === "query") pointQuery(target.row);
  else if (target.kind === "key") pointKey(target.row);
  else if (target.kind === "pair") pointPair(target.query, target.key, target.series);
  else pointNothing();
  tip.value = targetTip(target, { ...at, width: layout.width });
}

function press(at: Point): void {
  const layout = columns.peek();
  if (layout === null || rulerAt(layout, at.x) !== null) return;
  const target = targetAt(layout, at);
  if (target.kind === "query") pressQuery(target.row);
  else if (target.kind === "key") pressKey(target.row);
  else if (target.kind === "pair") pressPair(target.query, target.key, target.series);
  else unpin();
}

function rulerAt(at: Columns, x: number): "query" | "key" | null {
  if (!at.scrolls) return null;
  return x <= RULER ? "query" : x >= at.width - RULER ? "key" : null;
}

/** Scrolls the column whose ruler is at the point. */
function drag(at: Point): boolean {
  const layout = columns.peek();
  const side = layout && rulerAt(layout, at.x);
  if (!layout || !side) return false;
  const { count } = side === "query" ? layout.left : layout.right;
  scrollColumn(side, (at.y / layout.height) * count * layout.rowHeight - layout.height / 2);
  return true;
}

function zoomByWheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1 : -1);
}
