/** The grid of thumbnails: pixels on one canvas, and over them a transparent cell for each head in view, for pointer, keyboard and screen reader. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Canvas } from "../../draw/canvas";
import { parseColour } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { useViewport, type Viewport } from "../../draw/viewport";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { pins } from "../../state/selection";
import { keyCell, pointCell, pressCell } from "./actions";
import { Cells } from "./cells";
import { drawGrid, type GridScene } from "./draw";
import { LayerImages } from "./images";
import { gridLayout, scrollToCell, visibleLayers } from "./layout";
import { enlarged, focused, headsOf, type Place, pointed, table } from "./picture";
import { Tip } from "./tip";

type Context = CanvasRenderingContext2D;

export function Grid(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const keyboard = useRef<Place | null>(null);
  const viewport = useViewport(box);
  const { layout, draw } = useMemo(() => createStage(viewport), [viewport]);
  const now = layout.value;
  const { width, height, left, top } = viewport.value;
  useEffect(() => () => pointCell(null), []);

  useLayoutEffect(() => {
    const wanted = keyboard.current;
    if (!wanted || !box.current) return;
    keyboard.current = null;
    box.current
      .querySelector<HTMLElement>(`[data-row="${wanted.row}"][data-head="${wanted.head}"]`)
      ?.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = placeOf(event.target);
    if (!at || !now || !box.current) return;
    const next = keyCell(event, at, now);
    if (!next) return;
    keyboard.current = next;
    pointCell(next);
    box.current.scrollTop = scrollToCell(now, next.row, top, height - now.top);
    box.current.scrollLeft = scrollToCell(now, next.head, left, width - now.left);
  };
  return (
    <div class="model-scroll" ref={box} data-testid="model-grid">
      {now && (
        <div class="model-extent" style={{ width: `${now.width}px`, height: `${now.height}px` }}>
          <div class="model-pane" style={{ width: `${width}px`, height: `${height}px` }}>
            <Canvas draw={draw} label={`${now.layers} layers by ${now.heads} heads`} testId="model-canvas" />
          </div>
          <section
            class="model-cells"
            aria-label="Layers by heads. Arrow keys move, Enter enlarges, Shift and Enter open the head view."
            onPointerOver={(event) => pointCell(placeOf(event.target))}
            onPointerLeave={() => pointCell(null)}
            onFocusIn={(event) => pointCell(placeOf(event.target))}
            onClick={(event) => pressCell(placeOf(event.target), event.detail)}
            onKeyDown={onKeyDown}
          >
            <Cells layout={now} visible={visibleLayers(now, top, height)} current={pointed.value ?? focused.value} />
          </section>
        </div>
      )}
      {now && <Tip layout={now} view={viewport.value} />}
    </div>
  );
}

function createStage(viewport: { readonly value: Viewport }) {
  const layout = computed(() => {
    const shape = thumbnails.value;
    const { width, height } = viewport.value;
    if (!shape || width === 0) return null;
    const pixels = Math.max(shape.rows, shape.columns);
    return gridLayout({ width, height, ratio: devicePixelRatio || 1, layers: shape.layers.length, heads: shape.heads, pixels });
  });
  const images = computed(() => {
    const [shape, grid, ratio] = [thumbnails.value, layout.value, devicePixelRatio || 1];
    if (!shape || !grid) return null;
    const border = parseColour(palette(theme.value).border);
    const [cell, pitch] = [Math.round(grid.cell * ratio), Math.round(grid.pitch * ratio)];
    return new LayerImages(shape, { cell, pitch, line: Math.round(ratio), border, table: table.value }, headsOf);
  });
  const draw = (context: Context, width: number, height: number): void => {
    const [shape, grid, made] = [thumbnails.value, layout.value, images.value];
    if (!shape || !grid || !made) return;
    const placed = pins.value.map((pin) => ({ row: shape.layers.indexOf(pin.layer), head: pin.head }));
    const scene: GridScene = {
      layout: grid,
      images: made,
      view: viewport.value,
      ratio: devicePixelRatio || 1,
      line: Math.round(devicePixelRatio || 1),
      theme: theme.value,
      layers: shape.layers,
      focused: enlarged.value ? focused.value : { row: -9, head: 0 },
      pinned: placed.filter((place) => place.row >= 0),
    };
    drawGrid(context, scene, width, height);
  };
  return { layout, draw };
}

function placeOf(target: EventTarget | null): Place | null {
  const cell = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-row]") : null;
  return cell ? { row: Number(cell.dataset.row), head: Number(cell.dataset.head) } : null;
}
