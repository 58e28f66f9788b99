/**
 * The drawing as running text: the passage, shaded by what one token attends to, or by what attends
 * to it.
 */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { unpin } from "../../../state/selection";
import type { Choice, Option } from "../../../ui/choice";
import { ScrollPane } from "../../../ui/ScrollPane";
import { Segments } from "../../../ui/Segments";
import { scrollToSee } from "../../../ui/sight";
import type { HeadDrawing } from "../drawing";
import { focus, pinned, pointKey, pointNothing, pointQuery, pressKey, pressQuery } from "../focus";
import { sameRows } from "../rows";
import { ShadeLegend } from "../ShadeLegend";
import { series } from "../series";
import { PointedTip, targetTip, tip } from "../Tip";
import { tokenSentence } from "../words";
import { firstOfLine, tokenAt } from "./layout";
import { paintShading, paintWords } from "./paint";
import { contentHeight, lineHeight, PADDING, passages, shaded, source, viewport } from "./state";
import css from "./text.css?inline";

export const textDrawing: HeadDrawing = {
  hint: "the passage as running text, shaded",
  reading: "Every query attends to keys, the darker the more.",
  pointing: "Point at a token for its links; click to keep it.",
  component: TextDrawing,
  legend: ShadeLegend,
  css: [css],
  namesHeads: false,
  seen: null,
};

type Token = { readonly side: "query" | "key"; readonly row: number };

function TextDrawing(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => (scroller.current ? follow(scroller.current) : undefined), []);
  useRevealedPin(scroller);
  const from = source.value;
  return (
    <div class="head-lines">
      <Direction />
      <ScrollPane
        view={viewport}
        box={scroller}
        whole={{ width: viewport.value.width, height: contentHeight.value }}
        class="head-maps"
        role="listbox"
        tabIndex={0}
        aria-label="Tokens of the passage"
        aria-activedescendant={from ? "head-text-active" : undefined}
        data-testid="head-text"
        onKeyDown={press}
        onBlur={pointNothing}
        pane={
          <div class="fill" aria-hidden="true">
            <Canvas draw={paintWords} overlay={paintShading} label="" />
            <PointedTip />
          </div>
        }
      >
        {from && (
          <div
            id="head-text-active"
            class="for-readers"
            role="option"
            tabIndex={-1}
            aria-selected={pinned.value[from.side] === from.row}
          >
            {tokenSentence(from.side, from.row)}
          </div>
        )}
      </ScrollPane>
      <div class="head-foot">
        <p class="note head-note">{noteText()}</p>
      </div>
    </div>
  );
}

/** Brings a token into sight that has been pinned elsewhere. */
function useRevealedPin(scroller: { readonly current: HTMLElement | null }): void {
  const { query, key } = pinned.value;
  const placed = passages.value.length > 0;
  useEffect(() => {
    const passage = passages.peek()[0];
    const row = query ?? (sameRows.peek() ? key : null);
    if (!placed || !passage || row === null) return;
    reveal(scroller.current, passage.top + (passage.layout.line[row] ?? 0) * lineHeight.peek());
  }, [scroller, query, key, placed]);
}

const DIRECTIONS: readonly Option<"query" | "key">[] = [
  { value: "key", label: "attends to", hint: "Shade what the token attends to" },
  { value: "query", label: "is attended to by", hint: "Shade what attends to the token" },
];

const direction: Choice<"query" | "key"> = {
  get value() {
    return shaded.value;
  },
  set value(side) {
    turn(side);
  },
};

/** Which way to read self-attention; with two passages the side of the token says it. */
function Direction(): JSX.Element | null {
  if (!sameRows.value) return null;
  return (
    <Segments
      label="What is shaded"
      caption="the token"
      id="head-shade"
      options={DIRECTIONS}
      of={direction}
      apart
      class="small head-direction"
    />
  );
}

/** Turns the reading round; a pinned token keeps its place on the other side. */
function turn(side: "query" | "key"): void {
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

function noteText(): string {
  if (source.value === null) return "Point at a token to shade the others; click to keep it.";
  return series.value.length > 1
    ? "Shade: the largest weight of the chosen heads. Stripes: the three heads with the largest."
    : "";
}

function follow(scroller: HTMLElement): () => void {
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

function press(event: KeyboardEvent): void {
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

function reveal(scroller: EventTarget | null, y: number): void {
  if (!(scroller instanceof HTMLElement)) return;
  scroller.scrollTop = scrollToSee(
    y - PADDING,
    lineHeight.peek() + 2 * PADDING,
    scroller.scrollTop,
    scroller.clientHeight,
  );
}
