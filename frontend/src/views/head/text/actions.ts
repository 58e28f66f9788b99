/** What pointer and keyboard do in the running text. */

import { unpin } from "../../../state/selection";
import { firstOfLine, tokenAt } from "../../../ui/running_text";
import { scrollToSee } from "../../../ui/sight";
import { focus, pinned, pointKey, pointNothing, pointQuery, pressKey, pressQuery } from "../focus";
import { sameRows } from "../rows";
import { targetTip, tip } from "../Tip";
import { lineHeight, PADDING, passages, shaded, viewport } from "./state";

type Token = { readonly side: "query" | "key"; readonly row: number };

/** Turns the reading round; a pinned token keeps its place on the other side. */
export function turn(side: "query" | "key"): void {
  if (shaded.peek() === side) return;
  const { query, key } = pinned.peek();
  shaded.value = side;
  if (side === "query" && query !== null && key === null) swap(query, "key");
  if (side === "key" && key !== null && query === null) swap(key, "query");
}

function swap(row: number, to: "query" | "key"): void {
  unpin();
  (to === "query" ? pressQuery : pressKey)(row);
}

/** Listens to the pointer in the box. Returns what ends it. */
export function follow(scroller: HTMLElement): () => void {
  let resting: MouseEvent | null = null;
  const stop = new AbortController();
  const move = (event: PointerEvent): void => {
    resting = event;
    point(scroller, event);
  };
  const leave = (): void => {
    resting = null;
    pointNothing();
    tip.value = null;
  };
  // What scrolls under a resting pointer is pointed at as well.
  const stopFollowing = viewport.subscribe(() => resting && point(scroller, resting));
  scroller.addEventListener("pointermove", move, stop);
  scroller.addEventListener("pointerleave", leave, stop);
  scroller.addEventListener("click", (event) => click(scroller, event), stop);
  return () => {
    stop.abort();
    stopFollowing();
    leave();
  };
}

function tokenUnder(
  scroller: HTMLElement,
  event: MouseEvent,
): { token: Token | null; x: number; y: number } {
  const bounds = scroller.getBoundingClientRect();
  const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
  for (const passage of passages.peek()) {
    const line = Math.floor((y + scroller.scrollTop - passage.top) / lineHeight.peek());
    if (line < 0 || line >= passage.layout.lines) continue;
    const row = tokenAt(passage.layout, line, x - PADDING);
    return { token: row === null ? null : { side: sideOf(passage.side), row }, x, y };
  }
  return { token: null, x, y };
}

/** With one passage its tokens stand on both sides: the chosen reading says which is meant. */
function sideOf(side: "query" | "key"): "query" | "key" {
  if (!sameRows.peek()) return side;
  return shaded.peek() === "key" ? "query" : "key";
}

function point(scroller: HTMLElement, event: MouseEvent): void {
  const { token, x, y } = tokenUnder(scroller, event);
  if (token === null) pointNothing();
  else pointAt(token);
  tip.value = token && tipOf(token, { x, y, width: viewport.peek().width });
}

/** While a token is pinned, pointing at another one reads the link between them. */
function pointAt({ side, row }: Token): void {
  const { query, key } = pinned.peek();
  if (sameRows.peek() && side === "query" && query !== null) pointKey(row);
  else if (sameRows.peek() && side === "key" && key !== null) pointQuery(row);
  else (side === "query" ? pointQuery : pointKey)(row);
}

function tipOf(
  { side, row }: Token,
  at: { x: number; y: number; width: number },
): ReturnType<typeof targetTip> {
  const { query, key } = focus.peek();
  if (query !== null && key !== null)
    return targetTip({ kind: "pair", query, key, series: null }, at);
  return targetTip({ kind: side, row }, at);
}

function click(scroller: HTMLElement, event: MouseEvent): void {
  const { token } = tokenUnder(scroller, event);
  if (token === null) unpin();
  else (token.side === "query" ? pressQuery : pressKey)(token.row);
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};
const LINES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
};

export function press(event: KeyboardEvent): void {
  const passage = passages.peek()[0];
  if (!passage) return;
  const side = sideOf("query");
  const row = focus.peek()[side];
  const next = nextToken(event.key, row, passage.layout);
  if (next !== null) {
    (side === "query" ? pointQuery : pointKey)(next);
    reveal(event.currentTarget, passage.top + (passage.layout.line[next] ?? 0) * lineHeight.peek());
  } else if ((event.key === "Enter" || event.key === " ") && row !== null)
    (side === "query" ? pressQuery : pressKey)(row);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function nextToken(
  key: string,
  row: number | null,
  layout: Parameters<typeof firstOfLine>[0],
): number | null {
  const last = layout.line.length - 1;
  const bounded = (wanted: number): number => Math.max(0, Math.min(last, wanted));
  const [step, lines] = [STEPS[key], LINES[key]];
  if (step === undefined && lines === undefined) return null;
  if (row === null) return 0;
  if (step !== undefined) return bounded(row + step);
  const line = Math.max(0, (layout.line[row] ?? 0) + (lines ?? 0));
  return (
    tokenAt(layout, line, (layout.left[row] ?? 0) + 1) ?? bounded(firstOfLine(layout, line + 1) - 1)
  );
}

/** Scrolls so that the line at height `y` is seen. */
export function reveal(scroller: EventTarget | null, y: number): void {
  if (!(scroller instanceof HTMLElement)) return;
  scroller.scrollTop = scrollToSee(
    y - PADDING,
    lineHeight.peek() + 2 * PADDING,
    scroller.scrollTop,
    scroller.clientHeight,
  );
}
