/**
 * The contact sheet: all heads with type, effect and a line over the steps; nearer by, a head is
 * its matrix, its lines and its neurons.
 */

import { computed, effect, type ReadonlySignal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { palette } from "../../../draw/palette";
import { theme } from "../../../state/host";
import type { HeadAddress } from "../../../state/selection";
import { NO_HEADS, type SheetWants, sheetHeads, sheetWants } from "../../../state/sheet";
import { ScrollPane } from "../../../ui/ScrollPane";
import { openHeadView, openNeuronView } from "../actions";
import { focused, pointed } from "../state";
import { followPointer, pressKey, zoomBy, zoomOut } from "./actions";
import { picked } from "./choices";
import { Glide } from "./glide";
import { levelsAt } from "./levels";
import { paintSheet } from "./paint";
import {
  addressOf,
  createStage,
  followAddress,
  isFigure,
  middleSlot,
  nearnessNow,
  type SheetStage,
} from "./state";
import { headText, sheetText } from "./words";

/** Heads of which all weights are asked for at once: those in sight, and picked ones of a figure. */
const MOST = 24;
/** Heads whose queries and keys are asked for: one fills the pane, and its neighbours stand beside. */
const MOST_NEURONS = 6;

export function Sheet(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const stage = useMemo(createStage, []);
  const glide = useMemo(() => new Glide(stage), [stage]);
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D) => paintSheet(context, stage),
    [stage],
  );
  const drawLasso = useMemo(
    () => (context: CanvasRenderingContext2D) => paintLasso(context, stage),
    [stage],
  );
  useEffect(() => {
    const stops = [
      followAddress(stage),
      followWants(stage),
      box.current ? followPointer(box.current, stage, glide) : () => {},
    ];
    return () => {
      glide.stop();
      for (const stop of stops) stop();
    };
  }, [stage, glide]);
  const { width } = stage.pane.value;
  const count = stage.plan.value?.slots.filter((slot) => slot).length ?? 0;
  return (
    <>
      <ScrollPane
        view={stage.pane}
        box={box}
        whole={{ width, height: stage.height.value }}
        class="model-scroll sheet"
        role="application"
        tabIndex={0}
        aria-label="Contact sheet. Arrow keys go from head to head, Enter and plus look nearer, minus and Escape go back, Space picks a head for a figure."
        data-testid="sheet"
        data-figure-width={isFigure() ? undefined : figureWidth(count)}
        onKeyDown={(event) => pressKey(event, stage, glide)}
        pane={
          <Canvas
            draw={draw}
            overlay={drawLasso}
            label={sheetText(picked.value, count)}
            testId="sheet-canvas"
          />
        }
      />
      <Foot stage={stage} glide={glide} />
    </>
  );
}

/** CSS pixels in which all heads can still be told apart. */
function figureWidth(count: number): number {
  return picked.value.length > 0 ? 0 : Math.round(34 * Math.sqrt(count));
}

function Foot({
  stage,
  glide,
}: {
  readonly stage: SheetStage;
  readonly glide: Glide;
}): JSX.Element {
  const chosen = addressOf(focused.value);
  const place = pointed.value ?? focused.value;
  const told = headText(addressOf(place), place);
  return (
    <div class="sheet-foot" data-export="off">
      <p role="status" title={told} data-testid="sheet-told">
        {told}
      </p>
      {sheetHeads.value.problem !== null && <p class="note">{sheetHeads.value.problem}</p>}
      <span class="sheet-buttons">
        <Picked />
        <button
          type="button"
          class="button"
          data-testid="sheet-head"
          onClick={() => openHeadView(chosen)}
        >
          L{chosen.layer} H{chosen.head} in head view
        </button>
        <button type="button" class="button" onClick={() => openNeuronView(chosen)}>
          neurons
        </button>
        <ZoomButtons stage={stage} glide={glide} />
      </span>
    </div>
  );
}

function Picked(): JSX.Element | null {
  const count = picked.value.length;
  if (count === 0)
    return (
      <span class="note sheet-hint">Shift and drag, or Shift and click: heads for a figure</span>
    );
  return (
    <>
      <span data-testid="sheet-picked">
        {count} picked: <b>Export</b> makes a figure of them
      </span>
      <button
        type="button"
        class="button"
        data-testid="sheet-clear"
        onClick={() => {
          picked.value = [];
        }}
      >
        clear
      </button>
    </>
  );
}

function ZoomButtons({
  stage,
  glide,
}: {
  readonly stage: SheetStage;
  readonly glide: Glide;
}): JSX.Element {
  const isNearest = useComputed(() => nearnessNow(stage) >= 0.999).value;
  const isWhole = useComputed(() => stage.zoom.value <= 1).value;
  return (
    <fieldset class="heat-map-zoom" aria-label="How near">
      <button
        type="button"
        class="button"
        title="Farther (-, or the wheel)"
        aria-label="Farther"
        disabled={isWhole}
        data-testid="sheet-farther"
        onClick={() => zoomBy(stage, glide, -1)}
      >
        −
      </button>
      <button
        type="button"
        class="button"
        title="Nearer (+, or the wheel)"
        aria-label="Nearer"
        disabled={isNearest}
        data-testid="sheet-nearer"
        onClick={() => zoomBy(stage, glide, 1)}
      >
        +
      </button>
      <button
        type="button"
        class="button"
        title="All heads (Esc)"
        disabled={isWhole}
        data-testid="sheet-whole"
        onClick={() => zoomOut(stage, glide)}
      >
        all
      </button>
    </fieldset>
  );
}

/** Asks for the weights of the heads that are seen near by, and for the neurons of the nearest. */
function followWants(stage: SheetStage): () => void {
  const wanted = computed(() => wantsOf(stage));
  const text: ReadonlySignal<string> = computed(() => JSON.stringify(wanted.value));
  const stop = effect(() => {
    sheetWants.value = JSON.parse(text.value) as SheetWants;
  });
  return () => {
    stop();
    sheetWants.value = null;
    sheetHeads.value = NO_HEADS;
  };
}

function wantsOf(stage: SheetStage): SheetWants {
  const plan = stage.plan.value;
  const levels = levelsAt(nearnessNow(stage)).map(({ level }) => level);
  const isNear = levels.some((level) => level !== "thumbnail");
  const nearest = isNear ? middleSlot(stage) : -1;
  const inSight = stage.inSight.value;
  // From the middle of the pane outwards, as the slots stand.
  const slots = isNear ? [nearest, ...inSight.filter((slot) => slot !== nearest)] : [];
  const heads = (all: readonly number[]): HeadAddress[] =>
    all.flatMap((slot) => {
      const place = plan?.slots[slot];
      return place ? [addressOf(place)] : [];
    });
  const figure = picked.value.length <= MOST ? picked.value : [];
  return {
    weights: [...heads(slots.slice(0, MOST)), ...figure],
    neurons: levels.includes("neurons") ? heads(slots.slice(0, MOST_NEURONS)) : [],
  };
}

function paintLasso(context: CanvasRenderingContext2D, { lasso }: SheetStage): void {
  const corners = lasso.value;
  if (!corners) return;
  const [a, b] = corners;
  const { focus } = palette(theme.value);
  context.fillStyle = focus;
  context.strokeStyle = focus;
  context.lineWidth = 1.5;
  context.globalAlpha = 0.12;
  context.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
  context.globalAlpha = 1;
  context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
}
