/**
 * Heat maps of heads, rows are queries and columns keys: cells, labels, scrolling and zoom, pointer
 * and keyboard.
 */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Canvas } from "../../draw/Canvas";
import { ScrollPane } from "../ScrollPane";
import { cellUnder, placeOf, pressKey, zoomByWheel } from "./actions";
import { paintCross, paintMaps } from "./paint";
import type { HeatMapStage } from "./state";

interface HeatMapProps {
  readonly stage: HeatMapStage;
  /** Says in words what the picture shows. */
  readonly label: string;
  readonly testId: string;
  /** Drawn above the picture, in places of the box. */
  readonly children?: ComponentChildren;
}

export function HeatMap({ stage, label, testId, children }: HeatMapProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => (scroller.current ? follow(scroller.current, stage) : undefined), [stage]);
  const paint = useMemo(() => paintersOf(stage), [stage]);
  const { room } = stage.source;
  const at = stage.maps.value;
  return (
    <ScrollPane
      view={stage.view}
      box={scroller}
      whole={at && { width: at.contentWidth, height: at.contentHeight }}
      class={room ? "heat-map" : "heat-map filling"}
      style={room ? { width: `${room.width}px`, height: `${stage.height.value}px` } : {}}
      role="application"
      tabIndex={0}
      aria-label={label}
      data-testid={testId}
      pane={
        <div class="fill" aria-hidden="true">
          <Canvas draw={paint.maps} overlay={paint.cross} label="" />
          {children}
        </div>
      }
    />
  );
}

function paintersOf(stage: HeatMapStage) {
  return {
    maps: (context: CanvasRenderingContext2D): void => paintMaps(context, stage),
    cross: (context: CanvasRenderingContext2D): void => paintCross(context, stage),
  };
}

function follow(scroller: HTMLElement, stage: HeatMapStage): () => void {
  const { source } = stage;
  let resting: MouseEvent | null = null;
  const stop = new AbortController();
  stage.scroller = scroller;
  const point = (event: MouseEvent): void => {
    const at = placeOf(scroller, event);
    source.point(cellUnder(stage, at), at);
  };
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    passive = true,
  ): void => scroller.addEventListener(type, listener, { signal: stop.signal, passive });
  const leave = (): void => {
    resting = null;
    source.point(null, null);
  };
  // What scrolls under a resting pointer is pointed at as well.
  const stopFollowing = stage.view.subscribe(() => resting && point(resting));
  listen("pointermove", (event) => {
    resting = event;
    point(event);
  });
  listen("pointerleave", leave);
  listen("blur", leave);
  listen("click", (event) => source.press(cellUnder(stage, placeOf(scroller, event))));
  listen("dblclick", (event) => {
    const cell = cellUnder(stage, placeOf(scroller, event));
    if (cell) source.pressTwice(cell);
  });
  listen("wheel", (event) => zoomByWheel(stage, event), false);
  const press = (event: KeyboardEvent): void => {
    // Where the keyboard has moved to is not left for a resting pointer when the content scrolls.
    resting = null;
    pressKey(stage, event);
  };
  listen("keydown", press, false);
  return () => {
    stop.abort();
    stopFollowing();
    stage.scroller = null;
    leave();
  };
}
