/**
 * One column of tokens as a control: it scrolls, takes the focus, and moves from token to token by
 * keys. Its picture is on the canvas.
 */

import { batch } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { scrollToMiddle, scrollToSee } from "../../../ui/sight";
import { focus, pinned, pointKey, pointNothing, pointQuery, pressKey, pressQuery } from "../focus";
import type { Side } from "../rows";
import { tokenSentence } from "../words";
import { keptMiddle } from "./layout";
import { columns, markMoving, SCROLLS, textNow, together } from "./state";

export function TokenColumn({ side }: { readonly side: Side }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  const at = columns.value;
  const count = (side === "query" ? at?.left.count : at?.right.count) ?? 0;
  const height = at?.rowHeight ?? 0;
  usePlace(box, side);
  useFollowing(box, side);
  useKeepMiddle(box, height);
  // Only a screen reader needs the words, and only where it is.
  const [read, setRead] = useState(false);
  const row = read ? focus.value[side] : null;
  const leave = (): void => {
    setRead(false);
    pointNothing();
  };
  return (
    <div
      ref={box}
      class={`head-column head-column-${side}`}
      role="listbox"
      tabIndex={0}
      aria-label={
        side === "query"
          ? `${count} query tokens: what each attends to`
          : `${count} key tokens: what attends to each`
      }
      aria-activedescendant={row === null ? undefined : `head-${side}-active`}
      data-testid={`head-column-${side}`}
      style={side === "query" ? { width: `${middle()}px` } : { left: `${middle()}px` }}
      onScroll={(event) => scrolled(side, event.currentTarget)}
      onKeyDown={(event) => press(side, count, event)}
      onFocus={() => setRead(true)}
      onBlur={leave}
    >
      <div class="head-spacer" style={{ height: `${count * height}px` }}>
        {row !== null && <ActiveToken side={side} row={row} count={count} height={height} />}
      </div>
    </div>
  );
}

interface ActiveTokenProps {
  readonly side: Side;
  readonly row: number;
  readonly count: number;
  readonly height: number;
}

function ActiveToken({ side, row, count, height }: ActiveTokenProps): JSX.Element {
  return (
    <div
      id={`head-${side}-active`}
      class="head-option"
      role="option"
      tabIndex={-1}
      aria-selected={pinned.value[side] === row}
      aria-posinset={row + 1}
      aria-setsize={count}
      style={{ top: `${row * height}px`, height: `${height}px` }}
    >
      {tokenSentence(side, row)}
    </div>
  );
}

function middle(): number {
  const at = columns.value;
  return at ? (at.from + at.to) / 2 : 0;
}

/** Sets the scroll position of a column; the other one follows where they go together. */
export function scrollColumn(side: Side, top: number): void {
  const box = document.querySelector<HTMLElement>(`.head-column-${side}`);
  if (box) box.scrollTop = top;
}

function scrolled(side: Side, box: HTMLElement): void {
  batch(() => {
    markMoving();
    SCROLLS[side].value = box.scrollTop;
    if (together.peek()) scrollPartner(side, box);
  });
}

/** Both are drawn in one frame; the partner tells of its own scroll only in the next one. */
function scrollPartner(side: Side, box: HTMLElement): void {
  const other: Side = side === "query" ? "key" : "query";
  const partner = document.querySelector<HTMLElement>(`.head-column-${other}`);
  if (!partner) return;
  const range = box.scrollHeight - box.clientHeight;
  const otherRange = partner.scrollHeight - partner.clientHeight;
  // Columns of the same length stay level; of different ones both ends meet.
  const wanted =
    range === otherRange || range <= 0 ? box.scrollTop : (box.scrollTop / range) * otherRange;
  if (Math.abs(partner.scrollTop - wanted) < 1) return;
  partner.scrollTop = wanted;
  SCROLLS[other].value = partner.scrollTop;
}

/** The text that a column last had. */
const TEXTS: Record<Side, string> = { query: "", key: "" };

/** A column is where it was left, also after another view was shown; another text begins at its top. */
function usePlace(box: { readonly current: HTMLElement | null }, side: Side): void {
  const text = textNow.value;
  useLayoutEffect(() => {
    const now = box.current;
    if (!now) return;
    now.scrollTop = TEXTS[side] === text ? SCROLLS[side].peek() : 0;
    SCROLLS[side].value = now.scrollTop;
    TEXTS[side] = text;
  }, [box, side, text]);
}

/** Brings a token that has been pinned elsewhere into sight. */
function useFollowing(box: { readonly current: HTMLElement | null }, side: Side): void {
  const row = pinned.value[side];
  const placed = columns.value !== null;
  useEffect(() => {
    const at = placed ? columns.peek() : null;
    if (row === null || at === null || box.current === null) return;
    const middle = (row + 0.5) * at.rowHeight;
    box.current.scrollTop = scrollToMiddle(middle, 0, box.current.scrollTop, at.height);
  }, [box, side, row, placed]);
}

/** Keeps the middle of the column where it is while its rows grow or shrink. */
function useKeepMiddle(box: { readonly current: HTMLElement | null }, height: number): void {
  const before = useRef(height);
  useLayoutEffect(() => {
    const now = box.current;
    if (now && before.current > 0 && before.current !== height) {
      now.scrollTop = keptMiddle(now.scrollTop, now.clientHeight, before.current, height);
    }
    before.current = height;
  }, [box, height]);
}

function press(side: Side, count: number, event: KeyboardEvent): void {
  const at = columns.peek();
  if (at === null || count === 0) return;
  const page = Math.max(1, Math.floor(at.height / at.rowHeight) - 1);
  const row = focus.peek()[side];
  const first = Math.round(SCROLLS[side].peek() / at.rowHeight);
  const moves: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  const move = moves[event.key];
  if (move !== undefined)
    moveTo(side, Math.max(0, Math.min(count - 1, row === null ? first : row + move)));
  else if ((event.key === "Enter" || event.key === " ") && row !== null)
    (side === "query" ? pressQuery : pressKey)(row);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function moveTo(side: Side, row: number): void {
  (side === "query" ? pointQuery : pointKey)(row);
  const at = columns.peek();
  if (at === null) return;
  const now = SCROLLS[side].peek();
  const wanted = scrollToSee(row * at.rowHeight, at.rowHeight, now, at.height);
  if (wanted !== now) scrollColumn(side, wanted);
}
