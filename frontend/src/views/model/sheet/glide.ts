/** Moves a sheet to a zoom smoothly, a point of it going to a place of the pane. */

import { batch } from "@preact/signals";
import { cancelFrame, requestFrame } from "../../../draw/frames";
import { middleFor, type Point, type SheetPlan, toPane, toSheet } from "./layout";
import type { SheetStage } from "./state";

/** Of the way that is left, in each frame. */
const STEP = 0.28;
/** So near to the end it is there: a share of the zoom, and CSS pixels; and what is no movement. */
const NEAR = { zoom: 0.003, pixels: 0.5, still: 0.05 };

export class Glide {
  private zoom = 1;
  /** A point of the sheet, and where in the pane it is wanted. */
  private point: Point = { x: 0, y: 0 };
  private place: Point = { x: 0, y: 0 };
  private moves = false;

  constructor(private readonly stage: SheetStage) {}

  /** The zoom that it is on its way to. */
  target(): number {
    return this.moves ? this.zoom : this.zoomNow();
  }

  /** To a zoom, with what is at `at` of the pane going to `place`; without it, it stays there. */
  to(zoom: number, at: Point, place: Point = at): void {
    const [plan, view] = [this.stage.plan.peek(), this.stage.view.peek()];
    if (!plan || !view) return;
    this.zoom = Math.max(1, Math.min(plan.largest, zoom));
    this.point = toSheet(view, at);
    this.place = place;
    this.moves = true;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.set(plan, this.zoom, place);
    else requestFrame(this.frame);
  }

  /** At once: a drag, or fingers, say where it is. */
  jump(zoom: number, at: Point, place: Point): void {
    const [plan, view] = [this.stage.plan.peek(), this.stage.view.peek()];
    if (!plan || !view) return;
    this.stop();
    this.point = toSheet(view, at);
    this.set(plan, Math.max(1, Math.min(plan.largest, zoom)), place);
  }

  stop(): void {
    this.moves = false;
    cancelFrame(this.frame);
  }

  private zoomNow(): number {
    return Math.min(this.stage.zoom.peek(), this.stage.plan.peek()?.largest ?? 1);
  }

  private readonly frame = (): void => {
    const [plan, view] = [this.stage.plan.peek(), this.stage.view.peek()];
    if (!plan || !view || !this.moves) return;
    const from = toPane(view, this.point);
    const [left, far] = [
      Math.log(this.zoom / this.zoomNow()),
      Math.hypot(this.place.x - from.x, this.place.y - from.y),
    ];
    if (Math.abs(left) < NEAR.zoom && far < NEAR.pixels) {
      this.set(plan, this.zoom, this.place);
      return;
    }
    this.set(plan, this.zoomNow() * Math.exp(STEP * left), {
      x: from.x + STEP * (this.place.x - from.x),
      y: from.y + STEP * (this.place.y - from.y),
    });
    const after = toPane(this.stage.view.peek() ?? view, this.point);
    // At the edge of the sheet a point cannot come to where it is wanted.
    const isHeld = Math.hypot(after.x - from.x, after.y - from.y) < NEAR.still;
    this.moves = true;
    if (Math.abs(left) < NEAR.zoom && isHeld) this.set(plan, this.zoom, after);
    else requestFrame(this.frame);
  };

  private set(plan: SheetPlan, zoom: number, place: Point): void {
    this.moves = false;
    batch(() => {
      this.stage.zoom.value = zoom;
      this.stage.middle.value = middleFor(plan, this.stage.pane.peek(), zoom, this.point, place);
    });
  }
}
