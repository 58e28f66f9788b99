/**
 * A canvas that fills its box, sharp on every screen, redrawn when a signal that its drawing reads
 * changes.
 */

import { type Signal, signal } from "@preact/signals";
import type { CSSProperties, JSX, TargetedMouseEvent, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { drawOnChange } from "./frames";
import { followSize } from "./size";

/**
 * Draws into `context`, cleared, in CSS pixels. Give the same function again where nothing but
 * signals has changed.
 */
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** Pointer position in CSS pixels from the upper left corner of the canvas. */
export type PointerHandler = (x: number, y: number, event: PointerEvent | MouseEvent) => void;

export interface CanvasProps {
  readonly draw: Draw;
  /** Drawn on a second, transparent canvas above: for what changes more often. */
  readonly overlay?: Draw;
  /** Drawn on a third one: for what follows the pointer, where the second has much to draw. */
  readonly topmost?: Draw;
  /** Says in words what the picture shows. */
  readonly label: string;
  readonly testId?: string;
  readonly class?: string;
  readonly style?: CSSProperties;
  readonly cursor?: string;
  readonly onPoint?: PointerHandler;
  readonly onLeave?: () => void;
  readonly onPress?: PointerHandler;
  readonly onDoublePress?: PointerHandler;
  /** With a handler the canvas can be reached by Tab. */
  readonly onKey?: (event: KeyboardEvent) => void;
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

interface Drawn {
  readonly draw: Draw;
  readonly size: Signal<Size | null>;
}

const drawn = new WeakMap<HTMLCanvasElement, Drawn>();

/**
 * Draws what is on `canvas` into another context, its upper left corner at 0, 0; as an image where
 * no `Draw` made it.
 */
export function paintCanvas(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  const known = drawn.get(canvas);
  const { width, height } = known?.size.peek() ?? canvas.getBoundingClientRect();
  if (width === 0 || height === 0) return;
  if (known) known.draw(context, width, height);
  else context.drawImage(canvas, 0, 0, width, height);
}

export function Canvas(props: CanvasProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const top = useRef<HTMLCanvasElement>(null);
  const [size] = useState(() => signal<Size | null>(null));

  // Before the page is painted, so that its first picture is in the same frame.
  useLayoutEffect(() => (box.current ? observeSize(box.current, size) : undefined), [size]);
  useLayoutEffect(() => drawInto(base.current, size, props.draw), [size, props.draw]);
  useLayoutEffect(() => drawInto(above.current, size, props.overlay), [size, props.overlay]);
  useLayoutEffect(() => drawInto(top.current, size, props.topmost), [size, props.topmost]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useAriaPropsSupportedByRole: the role depends on the props
    <div
      ref={box}
      class={`canvas ${props.class ?? ""}`}
      style={{ ...props.style, cursor: props.cursor ?? "default" }}
      role={props.onKey ? "application" : "img"}
      aria-label={props.label}
      {...(props.onKey ? { tabIndex: 0 } : {})}
      data-testid={props.testId}
      onPointerMove={at(props.onPoint)}
      onPointerLeave={() => props.onLeave?.()}
      onClick={at(props.onPress)}
      onDblClick={at(props.onDoublePress)}
      onKeyDown={(event) => props.onKey?.(event)}
    >
      <canvas ref={base} />
      {props.overlay && <canvas ref={above} class="canvas-overlay" />}
      {props.topmost && <canvas ref={top} class="canvas-overlay" />}
    </div>
  );
}

function at(handler: PointerHandler | undefined) {
  return (event: TargetedPointerEvent<HTMLElement> | TargetedMouseEvent<HTMLElement>): void => {
    if (!handler) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    handler(event.clientX - bounds.left, event.clientY - bounds.top, event);
  };
}

function observeSize(box: HTMLElement, size: Signal<Size | null>): () => void {
  return followSize(box, () => {
    const next = {
      width: box.clientWidth,
      height: box.clientHeight,
      ratio: window.devicePixelRatio || 1,
    };
    const now = size.peek();
    if (next.width !== now?.width || next.height !== now.height || next.ratio !== now.ratio)
      size.value = next;
  });
}

function drawInto(
  canvas: HTMLCanvasElement | null,
  size: Signal<Size | null>,
  draw: Draw | undefined,
): (() => void) | undefined {
  if (!canvas || !draw) return undefined;
  drawn.set(canvas, { draw, size });
  return drawOnChange(() => {
    const now = size.value;
    const context = canvas.getContext("2d");
    if (!now || !context || now.width === 0 || now.height === 0) return;
    const [width, height] = [Math.round(now.width * now.ratio), Math.round(now.height * now.ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(now.ratio, 0, 0, now.ratio, 0, 0);
    context.save();
    draw(context, now.width, now.height);
    context.restore();
  });
}
