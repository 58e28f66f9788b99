/** The drawing of lines: two columns of tokens, one curve for each weight, and what the pointer does in it. */

import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../draw/canvas";
import { type Curves, edgeAt } from "../../draw/lines";
import { weights } from "../../state/data";
import { unpin } from "../../state/selection";
import { smallest } from "../../state/show";
import { type Columns, placeAt, RULER, visibleRows } from "./columns";
import { focus, pinned, pointKey, pointNothing, pointPair, pointQuery, pressKey, pressPair, pressQuery } from "./focus";
import { paintFocus, paintPicture, paintTokens } from "./lines_paint";
import { columns, focusCurves, keyScroll, picture, pictureEdges, plotSize, queryScroll } from "./lines_state";
import { queryLabels } from "./series";
import { Tip, tip, tokenTip } from "./Tip";
import { Titles } from "./Titles";
import { scrollColumn, TokenColumn } from "./TokenColumn";
import { pictureText } from "./words";
import { zoomBy } from "./zoom";

const REACH = 5;

type Target =
  | { readonly kind: "query" | "key"; readonly row: number }
  | { readonly kind: "edge"; readonly query: number; readonly key: number; readonly series: number }
  | { readonly kind: "nothing" };

export function LinesDrawing(): JSX.Element {
  const plot = useRef<HTMLDivElement>(null);
  const pointer = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => followSize(plot.current), []);
  // What scrolls under a resting pointer is pointed at as well.
  useEffect(() => {
    const stop = [queryScroll, keyScroll].map((scroll) => scroll.subscribe(() => pointer.current && point(pointer.current)));
    return () => {
      for (const each of stop) each();
      pointNothing();
      tip.value = null;
    };
  }, []);
  const move = (event: TargetedPointerEvent<HTMLElement>): void => {
    pointer.current = position(event);
    if (drag(event, pointer.current)) return;
    point(pointer.current);
  };
  const leave = (): void => {
    pointer.current = null;
    pointNothing();
    tip.value = null;
  };
  return (
    <div class="head-lines">
      <Titles />
      <div
        ref={plot}
        class="head-plot"
        role="presentation"
        data-testid="head-plot"
        onPointerDown={(event) => drag(event, position(event))}
        onPointerMove={move}
        onPointerLeave={leave}
        onClick={(event) => press(position(event))}
        onWheel={zoomByWheel}
      >
        <div class="head-layers" aria-hidden="true">
          <PictureLayer />
          <Canvas class="head-layer" draw={paintFocus} label="" />
          <Canvas class="head-layer" draw={paintTokens} label="" />
        </div>
        <TokenColumn side="query" />
        <TokenColumn side="key" />
        <Tip />
      </div>
      <Note />
    </div>
  );
}

/** The whole picture steps back while a token or a pair is looked at; it is not drawn again for that. */
function PictureLayer(): JSX.Element {
  const anchor = focus.value.anchor;
  const strength = anchor === null ? 1 : anchor === "pair" ? 0.3 : focus.value.pinned ? 0.07 : 0;
  return <Canvas class="head-layer" style={{ opacity: strength }} draw={paintPicture} label="" />;
}

function Note(): JSX.Element {
  const at = columns.value;
  const edges = pictureEdges.value;
  const all = weights.value?.queries ?? 0;
  if (at === null || edges === null) return <p class="note head-note" />;
  const [from, to] = visibleRows(at, all, queryScroll.value);
  return (
    <p class="note head-note" data-testid="head-note">
      {pictureText(edges, smallest.value, { seen: to - from, all })}
    </p>
  );
}

function followSize(box: HTMLElement | null): (() => void) | undefined {
  if (!box) return undefined;
  const observer = new ResizeObserver(() => {
    if (box.clientHeight > 0) plotSize.value = { width: box.clientWidth, height: box.clientHeight };
  });
  observer.observe(box);
  return () => observer.disconnect();
}

function position(event: MouseEvent & { readonly currentTarget: HTMLElement }): { x: number; y: number } {
  const bounds = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
}

function targetAt(at: Columns, { x, y }: { x: number; y: number }): Target {
  const place = placeAt(at, x, y, { query: queryScroll.peek(), key: keyScroll.peek() });
  if (place === null) return { kind: "nothing" };
  if (place.side !== "between") return { kind: place.side, row: place.row };
  const curves = hittable();
  const edge = curves === null ? -1 : edgeAt(curves, place.share, y, REACH);
  if (curves === null || edge < 0) return { kind: "nothing" };
  const { query, key, series } = curves.edges;
  return { kind: "edge", query: query[edge] ?? 0, key: key[edge] ?? 0, series: series[edge] ?? 0 };
}

/** The lines that can be pointed at: those of the pinned token, or all. */
function hittable(): Curves | null {
  const { query, key } = pinned.peek();
  const { anchor } = focus.peek();
  const ofPin = anchor !== null && anchor !== "pair" && (query !== null || key !== null);
  return ofPin ? focusCurves.peek() : picture.peek();
}

function point(at: { x: number; y: number }): void {
  const layout = columns.peek();
  if (layout === null) return;
  const target = targetAt(layout, at);
  if (target.kind === "query") pointQuery(target.row);
  else if (target.kind === "key") pointKey(target.row);
  else if (target.kind === "edge") pointPair(target.query, target.key, target.series);
  else pointNothing();
  tip.value = tokenTip(target, at);
}

function press(at: { x: number; y: number }): void {
  const layout = columns.peek();
  if (layout === null || onRuler(layout, at.x)) return;
  const target = targetAt(layout, at);
  if (target.kind === "query") pressQuery(target.row);
  else if (target.kind === "key") pressKey(target.row);
  else if (target.kind === "edge") pressPair(target.query, target.key, target.series);
  else unpin();
}

function onRuler(at: Columns, x: number): "query" | "key" | null {
  if (!at.scrolls) return null;
  return x <= RULER ? "query" : x >= at.width - RULER ? "key" : null;
}

/** Dragging a ruler scrolls its column. */
function drag(event: TargetedPointerEvent<HTMLElement>, at: { x: number; y: number }): boolean {
  const layout = columns.peek();
  const side = layout && onRuler(layout, at.x);
  if (!layout || !side || event.buttons !== 1) return false;
  const rows = side === "query" ? queryLabels.peek().length : layout.right.count;
  scrollColumn(side, (at.y / layout.height) * rows * layout.rowHeight - layout.height / 2);
  return true;
}

function zoomByWheel(event: WheelEvent): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1 : -1);
}
