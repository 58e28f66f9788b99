/** The contact sheet as signals: what stands where, what is seen of it, and its pictures. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { parseColour } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { leastRatio } from "../../../draw/ratio";
import { NO_VIEWPORT, type Viewport } from "../../../draw/viewport";
import { thumbnails } from "../../../state/data";
import { metrics } from "../../../state/histories";
import { theme } from "../../../state/host";
import { metricNow } from "../../../state/overview";
import { type HeadAddress, stackNow } from "../../../state/selection";
import { metricWords } from "../../../ui/metric_words";
import type { Place } from "../arrange";
import { differs, halves } from "../changes";
import { drawn, drawnTable } from "../compared";
import { maskCells, maskedBins } from "../masked";
import { arrangement } from "../state";
import { Atlas } from "./atlas";
import { picked, sheetMiddle, sheetZoom } from "./choices";
import {
  cornerOf,
  heightOf,
  MIDDLE,
  type Point,
  planFigure,
  planSheet,
  type SheetPlan,
  type SheetView,
  slotsInSight,
  viewOf,
} from "./layout";
import { nearness } from "./levels";
import { type Sparks, sparksOf } from "./sparks";

/** Zoom and place of a sheet that moves; the address gets them once it rests. */
const RESTS = 250;

export interface SheetStage {
  /** Size of the pane. */
  readonly pane: Signal<Viewport>;
  readonly plan: ReadonlySignal<SheetPlan | null>;
  readonly view: ReadonlySignal<SheetView | null>;
  readonly zoom: Signal<number>;
  readonly middle: Signal<Point>;
  /** Slots of which something is seen. */
  readonly inSight: ReadonlySignal<readonly number[]>;
  /** Corners of the box that is drawn about heads to pick them; null: none is. */
  readonly lasso: Signal<readonly [Point, Point] | null>;
  /** Height of everything while the sheet is made into a figure, else that of the pane. */
  readonly height: ReadonlySignal<number>;
}

/** Whether the page is a figure at this moment. Reads a signal. */
export function isFigure(): boolean {
  return leastRatio.value > 0;
}

export function createStage(): SheetStage {
  const pane = signal(NO_VIEWPORT);
  const [zoom, middle] = [signal(sheetZoom.peek()), signal(sheetMiddle.peek())];
  const [width, height] = [computed(() => pane.value.width), computed(() => pane.value.height)];
  const plan = computed(() => {
    if (width.value === 0) return null;
    const chosen = picked.value.flatMap((each) => placeOf(each) ?? []);
    if (isFigure() && chosen.length > 0) return planFigure(chosen, width.value);
    const tall = isFigure() ? width.value * 1.4 : height.value;
    return planSheet(arrangement.value, { width: width.value, height: tall });
  });
  const view = computed(() => {
    const [now, room] = [plan.value, pane.value];
    if (!now) return null;
    if (isFigure()) return { left: 0, top: 0, scale: now.unit };
    return viewOf(now, room, Math.min(zoom.value, now.largest), middle.value);
  });
  const inSight = computed(() => {
    const [now, seen] = [plan.value, view.value];
    return now && seen ? slotsInSight(now, seen, pane.value) : [];
  });
  const whole = computed(() => (isFigure() && plan.value ? heightOf(plan.value) : height.value));
  return { pane, plan, view, zoom, middle, inSight, lasso: signal(null), height: whole };
}

/** Keeps the zoom of a stage and that of the address the same. Returns what ends it. */
export function followAddress({ zoom, middle }: SheetStage): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    batch(() => {
      sheetZoom.value = zoom.peek();
      sheetMiddle.value = middle.peek();
    });
  };
  const stops = [
    effect(() => {
      const [wanted, at] = [sheetZoom.value, sheetMiddle.value];
      clearTimeout(timer);
      batch(() => {
        zoom.value = wanted;
        middle.value = at;
      });
    }),
    effect(() => {
      if (zoom.value === sheetZoom.peek() && middle.value === sheetMiddle.peek()) return;
      clearTimeout(timer);
      timer = setTimeout(write, RESTS);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** A head by its layer's number; null for one that is not on the screen. Reads signals. */
export function placeOf({ layer, head }: HeadAddress): Place | null {
  const row = thumbnails.value?.layers.indexOf(layer) ?? -1;
  return row < 0 || head >= (thumbnails.value?.heads ?? 0) ? null : { row, head };
}

/** A head by its layer's number. Reads signals. */
export function addressOf({ row, head }: Place): HeadAddress {
  return { layer: thumbnails.value?.layers[row] ?? row, head };
}

/** How near one looks, 0..1. Reads signals. */
export function nearnessNow({ plan, view }: SheetStage): number {
  const [now, seen] = [plan.value, view.value];
  return now && seen ? nearness(seen.scale / now.unit, now.largest) : 0;
}

/** The slot in sight that is nearest to the middle of the pane; -1 where there is none. */
export function middleSlot({ plan, view, inSight, pane }: SheetStage): number {
  const [now, seen, room] = [plan.value, view.value, pane.value];
  if (!now || !seen) return -1;
  const at = {
    x: seen.left + room.width / 2 / seen.scale,
    y: seen.top + room.height / 2 / seen.scale,
  };
  const far = (slot: number): number => {
    const { x, y } = cornerOf(now, slot);
    return Math.hypot(x + MIDDLE.x - at.x, y + MIDDLE.y - at.y);
  };
  return inSight.value.reduce(
    (best, slot) => (best < 0 || far(slot) < far(best) ? slot : best),
    -1,
  );
}

export const atlas = computed(() => {
  const now = drawn.value;
  if (!now) return null;
  const across = halves.value ? 2 : 1;
  const columns = now.columns / across;
  // Under differences there are strokes, which tell masked from unchanged.
  const colour = differs.value ? null : parseColour(palette(theme.value).masked);
  const made = new Map<string, ReturnType<typeof maskCells>>();
  return new Atlas(now, drawnTable.value, (row) => {
    const masked = maskedBins({ ...now, columns }, now.layers[row]);
    // Layers are mostly alike.
    const key = `${masked.reach?.join() ?? ""} ${masked.columns?.join() ?? ""}`;
    const cells = made.get(key) ?? maskCells(masked, now.rows, columns, across);
    made.set(key, cells);
    return cells && { cells, colour };
  });
});

/** The lines over the steps; null until the metrics are there. */
export const sparks = computed<Sparks | null>(() => {
  const known = metrics.value;
  const { share } = metricWords(metricNow.value);
  return known && sparksOf(known, stackNow.value?.name, metricNow.value, share);
});
