/** What pointer and keyboard do in the text. */

import { batch } from "@preact/signals";
import { hover, restingQuery } from "../../state/hover";
import { head, heads, key, layer, query, view } from "../../state/selection";
import { type Meant, pointedPair, pressWord, said, type WordSide } from "../../state/token_pair";
import { scrollToSee } from "../../ui/sight";
import { VIEWS } from "../../views";
import { tokenBeyond } from "./layout";
import { active, find, hitNow, hits, type Strip, strips } from "./state";

/** Test id of the field that finds words, by which the key / reaches it. */
export const FIND = "strip-find";

/** So long the pointer rests on a word before what it needs is loaded, in milliseconds. */
const REST = 120;
let resting: ReturnType<typeof setTimeout> | undefined;

function rest(asQuery: number | null): void {
  clearTimeout(resting);
  if (asQuery === null) restingQuery.value = null;
  else
    resting = setTimeout(() => {
      restingQuery.value = asQuery;
    }, REST);
}

/** Shows what a click on the word would choose. */
export function pointAt(strip: Strip, place: number): void {
  const pair = pointedPair(place, strip.side);
  const now = hover.peek();
  if (now?.query === pair.query && now.key === pair.key && now.layer === layer.value) return;
  const several = VIEWS[view.value].shows === "heads" && heads.value.length !== 1;
  batch(() => {
    said.value = "";
    hover.value = { layer: layer.value, head: several ? null : head.value, ...pair };
  });
  rest(pair.query);
}

export function pointAway(): void {
  rest(null);
  if (hover.peek() !== null) hover.value = null;
}

export function press(strip: Strip, place: number, meant: Meant): void {
  pressWord(place, strip.side, meant);
  pointAway();
}

/** Whether the token is the query, or the key. */
export function isQuery(side: WordSide, place: number): boolean {
  return side !== "key" && query.value === place;
}

export function isKey(side: WordSide, place: number): boolean {
  return side !== "query" && key.value === place;
}

/** Keys of a focused strip: arrows move, Enter is the query, with Shift the key. */
export function pressKey(strip: Strip, event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const from = activePlace(strip);
  const last = strip.labels.peek().length - 1;
  if (event.key === "Enter" || event.key === " ") {
    const other = strip.side === "key" ? "key" : "query";
    press(strip, from, event.shiftKey && strip.side === "both" ? "key" : other);
  } else {
    const to = placeAfter(strip, from, event.key);
    if (to === null) return;
    goTo(strip, Math.max(0, Math.min(last, to)));
  }
  event.preventDefault();
  event.stopPropagation();
}

function placeAfter(strip: Strip, from: number, pressed: string): number | null {
  const boxes = strip.boxes.peek();
  const last = boxes.left.length - 1;
  if (pressed === "ArrowLeft") return from - 1;
  if (pressed === "ArrowRight") return from + 1;
  if (pressed === "Home") return 0;
  if (pressed === "End") return last;
  // On one line up and down are the page's, for the layer.
  const lines = boxes.whole.height > (boxes.height[0] ?? 0) * 2;
  if (pressed === "ArrowUp" && lines) return tokenBeyond(boxes, from, -1);
  if (pressed === "ArrowDown" && lines) return tokenBeyond(boxes, from, 1);
  return null;
}

/** Where the keyboard is: at its last word, else at what is chosen. */
export function activePlace(strip: Strip): number {
  const now = active.peek();
  const place = now?.strip === strip ? now.place : (chosenPlaces(strip)[0] ?? 0);
  return Math.max(0, Math.min(strip.labels.peek().length - 1, place));
}

/** The query's word and the key's, as far as they are chosen and in this strip. */
function chosenPlaces({ side }: Strip): readonly number[] {
  const [asQuery, asKey] = [query.peek(), key.peek()];
  return [
    ...(side === "key" || asQuery === null ? [] : [asQuery]),
    ...(side === "query" || asKey === null ? [] : [asKey]),
  ];
}

/** The keyboard goes to a word, which is shown as one that the pointer is over. */
export function goTo(strip: Strip, place: number): void {
  active.value = { strip, place };
  reveal(strip, place);
  pointAt(strip, place);
}

export function enter(strip: Strip): void {
  goTo(strip, activePlace(strip));
}

export function leave(): void {
  active.value = null;
  pointAway();
}

/** Scrolls so that a word is seen, with something of what is around it. */
export function reveal({ scroller, boxes }: Strip, place: number): void {
  if (scroller === null) return;
  const { left, top, width, height } = boxes.peek();
  const around = Math.min(80, scroller.clientWidth / 4);
  const [x, y] = [left[place] ?? 0, top[place] ?? 0];
  scroller.scrollLeft = scrollToSee(
    x - around,
    (width[place] ?? 0) + 2 * around,
    scroller.scrollLeft,
    scroller.clientWidth,
  );
  scroller.scrollTop = scrollToSee(
    y - 4,
    (height[place] ?? 0) + 8,
    scroller.scrollTop,
    scroller.clientHeight,
  );
}

/** On one line the wheel goes along it. */
export function scrollByWheel(scroller: HTMLElement, event: WheelEvent): void {
  const sideways = scroller.scrollWidth > scroller.clientWidth;
  const upright = scroller.scrollHeight > scroller.clientHeight + 1;
  if (!sideways || upright || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
    return;
  event.preventDefault();
  scroller.scrollLeft += event.deltaY;
}

export function findWord(text: string): void {
  batch(() => {
    find.value = text;
    hitNow.value = 0;
  });
  showHit();
}

/** The next hit (+1), or the one before; after the last comes the first. */
export function hitBy(offset: 1 | -1): void {
  const count = hits.peek().length;
  if (count === 0) return;
  hitNow.value = (hitNow.peek() + offset + count) % count;
  showHit();
}

function showHit(): void {
  const found = hits.peek()[hitNow.peek()];
  if (found) {
    reveal(found.strip, found.hit.first);
    pointAt(found.strip, found.hit.first);
  } else pointAway();
}

/** Chooses the hit that is looked at. */
export function pressHit(meant: "query" | "key"): void {
  const found = hits.peek()[hitNow.peek()];
  if (!found) return;
  const { side } = found.strip;
  press(found.strip, found.hit.first, side === "both" ? meant : side);
}

/** The key /. */
export function focusFind(): void {
  const field = document.querySelector<HTMLInputElement>(`[data-testid=${FIND}]`);
  field?.focus();
  field?.select();
}

export function letGo(side: "query" | "key"): void {
  (side === "query" ? query : key).value = null;
}

/** Brings what is chosen into sight, the key last. */
export function revealChosen(): void {
  for (const strip of strips.peek()) for (const place of chosenPlaces(strip)) reveal(strip, place);
}
