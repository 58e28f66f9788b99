/**
 * The grid of thumbnails: pixels on one canvas, and over them a transparent cell for each head in
 * view, for pointer, keyboard and screen reader.
 */

import { computed, signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Canvas } from "../../draw/Canvas";
import { changeColour, headColour, parseColour } from "../../draw/colour";
import { requestFrame } from "../../draw/frames";
import { palette } from "../../draw/palette";
import { pixelRatio } from "../../draw/ratio";
import { NO_VIEWPORT, type Viewport } from "../../draw/viewport";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { modelDrawing } from "../../state/model_drawing";
import { pins } from "../../state/selection";
import { ScrollPane } from "../../ui/ScrollPane";
import { scrollToSee } from "../../ui/sight";
import { keyCell, pointCell, pressCell } from "./actions";
import type { Place } from "./arrange";
import { Cells } from "./Cells";
import { CellTip } from "./CellTip";
import { differs, halves } from "./changes";
import { cellSize, layersAs } from "./choices";
import { changeAlphas, drawn, drawnTable, NO_CHANGE } from "./compared";
import { CellImages, type LineStyle } from "./images";
import { gridLayout, slotOf, visibleRows } from "./layout";
import { maskCells, maskedBins } from "./masked";
import { drawGrid, type GridScene } from "./paint";
import { cellLabel, isBroken } from "./scores";
import { alphas, arrangement, enlarged, focused, pointed } from "./state";

type Context = CanvasRenderingContext2D;

/**
 * How far from square a cell may be, so that cells fill the card: what is in it can still be read as
 * rows and columns. Where it holds A and B, each of them is half as wide.
 */
const ONE = { widest: 1.5, highest: 1.5 };
const HALVES = { widest: 2.5, highest: 1 };

export function Grid(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const keyboard = useRef<Place | null>(null);
  const viewport = useSignal(NO_VIEWPORT);
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
    const slot = slotOf(now, next);
    const [row, column] = [Math.floor(slot / now.across), slot % now.across];
    box.current.scrollTop = scrollToSee(row * now.pitchDown, now.pitchDown, top, height - now.top);
    box.current.scrollLeft = scrollToSee(column * now.pitch, now.pitch, left, width - now.left);
  };
  return (
    <ScrollPane
      view={viewport}
      box={box}
      whole={now}
      class="model-scroll"
      data-testid="model-grid"
      pane={
        <Canvas
          draw={draw}
          label={`${now?.slots.length ?? 0} thumbnails of heads`}
          testId="model-canvas"
        />
      }
    >
      {now && (
        <>
          <section
            class="model-cells"
            aria-label={`${now.layersAcross ? "Heads by layers" : "Layers by heads"}. Arrow keys move, Enter enlarges, Shift and Enter open the head view.`}
            onPointerOver={(event) => pointCell(placeOf(event.target))}
            onPointerLeave={() => pointCell(null)}
            onFocusIn={(event) => pointCell(placeOf(event.target))}
            onClick={(event) => pressCell(placeOf(event.target), event.detail)}
            onKeyDown={onKeyDown}
          >
            <Cells
              layout={now}
              visible={visibleRows(now, top, height)}
              current={pointed.value ?? focused.value}
            />
          </section>
          <CellTip layout={now} view={viewport.value} />
        </>
      )}
    </ScrollPane>
  );
}

function createStage(viewport: { readonly value: Viewport }) {
  // What is scrolled by does not change the layout.
  const room = computed(() => `${viewport.value.width} ${viewport.value.height}`);
  const layout = computed(() => {
    const shape = thumbnails.value;
    const [width = 0, height = 0] = room.value.split(" ").map(Number);
    if (!shape || width === 0) return null;
    const pixels = Math.max(shape.rows, shape.columns);
    return gridLayout({
      width,
      height,
      ratio: pixelRatio(),
      arrangement: arrangement.value,
      pixels,
      ...(halves.value ? HALVES : ONE),
      layers: layersAs.value,
      size: cellSize.value,
    });
  });
  const images = computed(() => {
    const [shape, grid, ratio] = [drawn.value, layout.value, pixelRatio()];
    if (!shape || !grid) return null;
    const border = parseColour(palette(theme.value).border);
    return new CellImages(shape, {
      width: Math.round(grid.cellWidth * ratio),
      height: Math.round(grid.cellHeight * ratio),
      line: Math.round(ratio),
      border,
      divided: halves.value,
      table: drawnTable.value,
      zero: differs.value ? NO_CHANGE : 0,
      lines: modelDrawing.value === "lines" ? lineStyles() : null,
      mask: (row) => {
        const across = halves.value ? 2 : 1;
        const columns = shape.columns / across;
        const masked = maskedBins({ ...shape, columns }, shape.layers[row]);
        const cells = maskCells(masked, shape.rows, columns, across);
        const { masked: ground, hatch } = palette(theme.value);
        const strokes = differs.value ? parseColour(hatch) : null;
        const stroke = Math.max(1, Math.round(ratio));
        return cells && { cells, colour: parseColour(ground), hatch: strokes, stroke };
      },
    });
  });
  /** Counts up while cells in view are still to be made. */
  const round = signal(0);
  const next = (): void => {
    round.value += 1;
  };
  let before = NO_VIEWPORT;
  const draw = (context: Context, width: number, height: number): void => {
    const [shape, grid, made] = [thumbnails.value, layout.value, images.value];
    if (!shape || !grid || !made || round.value < 0) return;
    const placed = pins.value.map((pin) => ({
      row: shape.layers.indexOf(pin.layer),
      head: pin.head,
    }));
    const scene: GridScene = {
      layout: grid,
      images: made,
      view: viewport.value,
      scrolled: viewport.value.top !== before.top || viewport.value.left !== before.left,
      ratio: pixelRatio(),
      line: Math.round(pixelRatio()),
      theme: theme.value,
      layers: shape.layers,
      label: cellLabel,
      broken: isBroken,
      focused: enlarged.value ? focused.value : null,
      pinned: placed,
    };
    before = scene.view;
    if (!drawGrid(context, scene, width, height)) requestFrame(next);
  };
  return { layout, draw };
}

/** A's lines in the colours of the heads; A's and B's in two halves; or what is less and what more. */
function lineStyles(): readonly LineStyle[] {
  const now = theme.value;
  if (differs.value)
    return (["less", "more"] as const).map((sign) => ({
      alphas: changeAlphas.value[sign],
      colour: () => changeColour(sign, now),
      half: null,
    }));
  const own = { alphas: alphas.value, colour: (head: number) => headColour(head, now) };
  return (halves.value ? ([0, 1] as const) : [null]).map((half) => ({ ...own, half }));
}

function placeOf(target: EventTarget | null): Place | null {
  const cell = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-row]") : null;
  return cell ? { row: Number(cell.dataset.row), head: Number(cell.dataset.head) } : null;
}
