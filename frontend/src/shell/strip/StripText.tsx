/** One text: its words, of those alone that are in sight, and what is marked of them. */

import type { JSX, TargetedMouseEvent, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { followViewport } from "../../draw/viewport";
import type { RowLabel } from "../../state/row_labels";
import {
  enter,
  isKey,
  isQuery,
  leave,
  pointAt,
  pointAway,
  press,
  pressKey,
  scrollByWheel,
} from "./actions";
import { StripMarks } from "./StripMarks";
import { active, type Strip, wordOf } from "./state";

const NAMES = {
  both: "Tokens of the text",
  query: "Tokens that attend",
  key: "Tokens attended to",
};
const TITLES = { both: "", query: "queries", key: "keys" };

export function StripText({ strip }: { readonly strip: Strip }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  // Before the page is painted, which else shows for a moment what does not fit.
  useLayoutEffect(() => (box.current ? follow(box.current, strip) : undefined), [strip]);
  const at = active.value?.strip === strip ? active.value.place : null;
  const title = TITLES[strip.side];
  return (
    <div class="strip-row">
      {title !== "" && <span class="strip-side">{title}</span>}
      <div
        ref={box}
        class={`strip-text ${strip.grid.value ? "picture" : ""} ${edges(strip)}`}
        role="listbox"
        tabIndex={0}
        aria-label={NAMES[strip.side]}
        aria-multiselectable="true"
        aria-activedescendant={at === null ? undefined : wordId(strip, at)}
        data-testid={`strip-${strip.side}`}
        onKeyDown={(event) => pressKey(strip, event)}
        onFocus={() => enter(strip)}
        onBlur={leave}
        onMouseDown={keepFocus}
        onClick={(event) => click(strip, event)}
        onPointerMove={(event) => point(strip, event)}
        onPointerLeave={pointAway}
      >
        <Extent strip={strip} />
      </div>
    </div>
  );
}

function Extent({ strip }: { readonly strip: Strip }): JSX.Element {
  const { width, height } = strip.boxes.value.whole;
  return (
    <div class="strip-extent" style={{ width: `${width}px`, height: `${height}px` }}>
      <StripMarks strip={strip} />
      <Words strip={strip} />
    </div>
  );
}

function Words({ strip }: { readonly strip: Strip }): JSX.Element {
  const places = strip.seen.value;
  const at = active.value?.strip === strip ? active.value.place : null;
  // A reader must find the word of the keyboard also before it has scrolled into sight.
  const drawn = at === null || places.includes(at) ? places : [...places, at];
  return (
    <>
      {drawn.map((place) => (
        <Word key={place} strip={strip} place={place} />
      ))}
    </>
  );
}

interface WordProps {
  readonly strip: Strip;
  readonly place: number;
}

function Word({ strip, place }: WordProps): JSX.Element | null {
  const label = strip.labels.value[place];
  const word = wordOf(strip, place);
  if (!label || !word) return null;
  const { left, top, width, height } = strip.boxes.value;
  const isPatch = inGrid(strip, place);
  const chosen = [
    ...(isQuery(strip.side, place) ? ["query"] : []),
    ...(isKey(strip.side, place) ? ["key"] : []),
  ];
  return (
    <span
      id={wordId(strip, place)}
      class={`strip-word ${looks(word, isPatch)}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen.length > 0}
      aria-posinset={place + 1}
      aria-setsize={strip.labels.value.length}
      aria-label={[`${place} ${label.named ?? label.label}`, ...chosen].join(", ")}
      title={`${place}: ${label.full}`}
      data-place={place}
      data-testid={`${strip.side === "both" ? "" : `${strip.side}-`}word-${place}`}
      style={{
        left: `${left[place]}px`,
        top: `${top[place]}px`,
        width: `${width[place]}px`,
        height: `${height[place]}px`,
      }}
    >
      {isPatch ? null : word.label}
    </span>
  );
}

function looks(word: RowLabel, isPatch: boolean): string {
  return [
    ...(isPatch ? ["patch"] : []),
    ...(word.special ? ["special"] : []),
    ...(word.quiet ? ["quiet"] : []),
    ...(word.hidden ? ["left-out"] : []),
  ].join(" ");
}

function inGrid({ grid }: Strip, place: number): boolean {
  const at = grid.value;
  return at !== null && place >= at.first && place < at.first + at.rows * at.columns;
}

function wordId(strip: Strip, place: number): string {
  return `strip-${strip.side}-${place}`;
}

/** On which sides there is more than is seen. */
function edges({ view, boxes }: Strip): string {
  const { left, width } = view.value;
  const whole = boxes.value.whole.width;
  return `${left > 1 ? "more-before" : ""} ${left + width < whole - 1 ? "more-after" : ""}`;
}

function placeOf(event: MouseEvent): number | null {
  const word = event.target instanceof Element ? event.target.closest("[data-place]") : null;
  return word instanceof HTMLElement ? Number(word.dataset.place) : null;
}

function point(strip: Strip, event: TargetedPointerEvent<HTMLElement>): void {
  const place = placeOf(event);
  if (place === null) pointAway();
  else pointAt(strip, place);
}

function click(strip: Strip, event: TargetedMouseEvent<HTMLElement>): void {
  const place = placeOf(event);
  if (place !== null) press(strip, place, event.shiftKey ? "key" : "next");
}

/** Who clicks with the mouse means the step with the next arrow key, not the next word. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
  const focused = document.activeElement;
  if (focused instanceof HTMLInputElement) focused.blur();
}

function follow(box: HTMLElement, strip: Strip): () => void {
  strip.scroller = box;
  const stop = followViewport(box, strip.view);
  const turn = (event: WheelEvent): void => scrollByWheel(box, event);
  box.addEventListener("wheel", turn, { passive: false });
  return () => {
    stop();
    box.removeEventListener("wheel", turn);
    strip.scroller = null;
    leave();
  };
}
