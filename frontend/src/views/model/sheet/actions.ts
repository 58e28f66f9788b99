/** What pointer, fingers, wheel and keyboard do in the contact sheet. */

import { batch } from "@preact/signals";
import { hover } from "../../../state/hover";
import { focusHead } from "../../../state/selection";
import type { Place } from "../arrange";
import { moved } from "../moves";
import { focused, pointed } from "../state";
import { picked, togglePicked } from "./choices";
import type { Glide } from "./glide";
import {
  cornerOf,
  MIDDLE,
  type Point,
  type SheetPlan,
  type SheetView,
  slotAt,
  slotsBetween,
  toPane,
} from "./layout";
import { nearness, nextLevel, shareOf, zoomFor } from "./levels";
import { addressOf, middleSlot, type SheetStage } from "./state";

/** Zoom of a key, and of a pixel of the wheel; fingers on a pad send less of it. */
const FACTOR = { key: 1.5, wheel: 0.0022, pad: 0.01 };
/** Pixels of a line of a wheel that counts in lines. */
const LINE = 16;
/** A pointer that has moved less has pressed, in CSS pixels. */
const STILL = 4;

interface Now {
  readonly plan: SheetPlan;
  readonly view: SheetView;
}

function nowOf({ plan, view }: SheetStage): Now | null {
  const [known, seen] = [plan.peek(), view.peek()];
  return known && seen ? { plan: known, view: seen } : null;
}

/** Listens on the pane. Returns what ends it. */
export function followPointer(pane: HTMLElement, stage: SheetStage, glide: Glide): () => void {
  const stop = new AbortController();
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ): void => pane.addEventListener(type, listener, { signal: stop.signal, passive: false });
  const place = (event: MouseEvent): Point => {
    const bounds = pane.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  const fingers = new Map<number, Point>();
  let pressed: { readonly at: Point; readonly picks: boolean; moved: boolean } | null = null;
  listen("wheel", (event) => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      pan(stage, glide, { x: -(event.deltaX || event.deltaY), y: 0 });
    else zoomByWheel(glide, event, place(event));
  });
  listen("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, place(event));
    pressed = { at: place(event), picks: event.shiftKey, moved: fingers.size > 1 };
    pane.setPointerCapture(event.pointerId);
  });
  listen("pointermove", (event) => {
    const [at, before] = [place(event), fingers.get(event.pointerId)];
    if (!before || !pressed) {
      point(stage, at);
      return;
    }
    if (Math.hypot(at.x - pressed.at.x, at.y - pressed.at.y) > STILL) pressed.moved = true;
    if (!pressed.moved) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(glide, before, at, other);
    else if (pressed.picks) stage.lasso.value = [pressed.at, at];
    else pan(stage, glide, { x: at.x - before.x, y: at.y - before.y });
    fingers.set(event.pointerId, at);
  });
  const release = (event: PointerEvent): void => {
    const [was, at] = [pressed, place(event)];
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size > 0 || !was) return;
    pressed = null;
    const lasso = stage.lasso.peek();
    stage.lasso.value = null;
    if (event.type === "pointercancel") return;
    if (lasso) pickBetween(stage, lasso);
    else if (!was.moved) press(stage, at, was.picks);
  };
  listen("pointerup", release);
  listen("pointercancel", release);
  listen("pointerleave", () => pointAt(null));
  listen("dblclick", (event) => {
    const now = nowOf(stage);
    const slot = now ? slotAt(now.plan, now.view, place(event)) : -1;
    if (slot >= 0) zoomInto(stage, glide, slot);
  });
  return () => {
    stop.abort();
    pointAt(null);
  };
}

function zoomByWheel(glide: Glide, event: WheelEvent, at: Point): void {
  const by = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const factor = event.ctrlKey ? FACTOR.pad : FACTOR.wheel;
  glide.to(glide.target() * Math.exp(-event.deltaY * by * factor), at);
}

/** The sheet follows the pointer. */
function pan(stage: SheetStage, glide: Glide, by: Point): void {
  const room = stage.pane.peek();
  const at = { x: room.width / 2, y: room.height / 2 };
  glide.jump(glide.target(), at, { x: at.x + by.x, y: at.y + by.y });
}

/** What was between two fingers stays between them. */
function pinch(glide: Glide, before: Point, at: Point, other: Point): void {
  const far = (point: Point): number =>
    Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
  const middle = (point: Point): Point => ({
    x: (point.x + other.x) / 2,
    y: (point.y + other.y) / 2,
  });
  glide.jump((glide.target() * far(at)) / far(before), middle(before), middle(at));
}

function point(stage: SheetStage, at: Point): void {
  const now = nowOf(stage);
  const slot = now ? slotAt(now.plan, now.view, at) : -1;
  pointAt(now?.plan.slots[slot] ?? null);
}

/** Names a head below the sheet and in the status bar; null takes it away. */
export function pointAt(place: Place | null): void {
  const before = pointed.peek();
  if (before?.row === place?.row && before?.head === place?.head) return;
  batch(() => {
    pointed.value = place;
    hover.value = place && { ...addressOf(place), query: null, key: null, text: "" };
  });
}

/** A press chooses a head for every view; with Shift it is picked, or let go. */
function press(stage: SheetStage, at: Point, picks: boolean): void {
  const now = nowOf(stage);
  const place = now ? now.plan.slots[slotAt(now.plan, now.view, at)] : null;
  if (!place) return;
  const address = addressOf(place);
  if (picks) togglePicked([address]);
  else focusHead(address.layer, address.head);
}

function pickBetween(stage: SheetStage, [a, b]: readonly [Point, Point]): void {
  const now = nowOf(stage);
  const heads = now
    ? slotsBetween(now.plan, now.view, a, b).flatMap((slot) => now.plan.slots[slot] ?? [])
    : [];
  if (heads.length > 0) togglePicked(heads.map(addressOf));
}

/** To where a head shows its next level, in the middle of the pane. */
export function zoomInto(stage: SheetStage, glide: Glide, slot: number): void {
  const now = nowOf(stage);
  if (!now) return;
  const near = nearness(glide.target(), now.plan.largest);
  const zoom = zoomFor(Math.max(shareOf(nextLevel(near)), near), now.plan.largest);
  const corner = cornerOf(now.plan, slot);
  const { width, height } = stage.pane.peek();
  const middle = toPane(now.view, { x: corner.x + MIDDLE.x, y: corner.y + MIDDLE.y });
  glide.to(zoom, middle, { x: width / 2, y: height / 2 });
  const place = now.plan.slots[slot];
  if (place) focusHead(addressOf(place).layer, place.head);
}

/** Larger (+1) or smaller (-1) about the chosen head where it is seen, else about the middle. */
export function zoomBy(stage: SheetStage, glide: Glide, direction: 1 | -1): void {
  const now = nowOf(stage);
  if (!now) return;
  const chosen = slotOf(now.plan, focused.peek());
  const slot = stage.inSight.peek().includes(chosen) ? chosen : middleSlot(stage);
  const { width, height } = stage.pane.peek();
  const corner = slot >= 0 ? cornerOf(now.plan, slot) : { x: 0, y: 0 };
  const at =
    slot >= 0
      ? toPane(now.view, { x: corner.x + MIDDLE.x, y: corner.y + MIDDLE.y })
      : { x: width / 2, y: height / 2 };
  glide.to(glide.target() * FACTOR.key ** direction, at);
}

/** Everything again. */
export function zoomOut(stage: SheetStage, glide: Glide): void {
  const { width, height } = stage.pane.peek();
  glide.to(1, { x: width / 2, y: height / 2 });
}

/** Arrow keys go from head to head, Enter looks nearer, Space picks, Escape goes back. */
export function pressKey(event: KeyboardEvent, stage: SheetStage, glide: Glide): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const now = nowOf(stage);
  const slot = now ? slotOf(now.plan, focused.peek()) : -1;
  if (!now || !act(event.key, now, slot, stage, glide)) return;
  event.preventDefault();
  event.stopPropagation();
}

function act(key: string, now: Now, slot: number, stage: SheetStage, glide: Glide): boolean {
  if (key === "+" || key === "=") zoomBy(stage, glide, 1);
  else if (key === "-" || key === "−") zoomBy(stage, glide, -1);
  else if (key === "Enter" && slot >= 0) zoomInto(stage, glide, slot);
  else if (key === " " && slot >= 0) togglePicked([addressOf(now.plan.slots[slot] as Place)]);
  else if (key === "Escape") return leave(stage, glide);
  else return step(key, now, slot, stage, glide);
  return true;
}

/** First out of a head, then without the picked ones. */
function leave(stage: SheetStage, glide: Glide): boolean {
  if (glide.target() > 1) zoomOut(stage, glide);
  else if (picked.peek().length > 0) picked.value = [];
  else return false;
  return true;
}

function step(
  key: string,
  { plan, view }: Now,
  slot: number,
  stage: SheetStage,
  glide: Glide,
): boolean {
  const next = moved(plan, Math.max(0, slot), key);
  if (next === null) return false;
  const place = plan.slots[next];
  if (!place) return true;
  focusHead(addressOf(place).layer, place.head);
  pointAt(place);
  if (glide.target() > 1) {
    const corner = cornerOf(plan, next);
    const { width, height } = stage.pane.peek();
    const middle = toPane(view, { x: corner.x + MIDDLE.x, y: corner.y + MIDDLE.y });
    glide.to(glide.target(), middle, { x: width / 2, y: height / 2 });
  }
  return true;
}

function slotOf(plan: SheetPlan, { row, head }: Place): number {
  return plan.slots.findIndex((slot) => slot?.row === row && slot.head === head);
}
