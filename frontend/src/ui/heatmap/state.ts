/**
 * A heat map as signals: what is drawn, its size and scroll, where the maps stand, and a picture of
 * each.
 */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { paintCells } from "../../draw/cell_pixels";
import { changeRamp, sequential } from "../../draw/colour";
import { pixelImage } from "../../draw/pixel_image";
import { pixelRatio } from "../../draw/ratio";
import { canvasFont } from "../../draw/style";
import { widestLabel } from "../../draw/token_label";
import { NO_VIEWPORT, type Viewport } from "../../draw/viewport";
import { field } from "../../state/field";
import { inAddress } from "../../state/fields";
import type { HeadCells } from "../../state/head_cells";
import { theme } from "../../state/host";
import type { RowLabel } from "../../state/row_labels";
import { scale } from "../../state/show";
import type { Cell, Cross } from "./keys";
import { arrangeMaps, LABEL_FONT, type MapCell, type Maps, pictureSize } from "./layout";

/** One head of the picture. */
export interface HeatMapHead {
  readonly name: string;
  /** Of the mark beside its name, as #rrggbb. */
  readonly colour: string;
  readonly cells: HeadCells;
}

/**
 * What a view gives: what is drawn, and what pointing at it means. What is a function is asked
 * while drawing and reads signals.
 */
export interface HeatMapSource {
  /** Numbers of rows and columns; null while there is nothing to draw. */
  readonly shape: () => { readonly queries: number; readonly keys: number } | null;
  readonly heads: () => readonly HeatMapHead[];
  readonly queryLabels: () => readonly RowLabel[];
  readonly keyLabels: () => readonly RowLabel[];
  /** Names of heads, with `number`, and of crossed tokens stand in the picture, not beside it. */
  readonly titled: boolean;
  /** The exact number of a cell. */
  readonly number: (map: number, cell: Cell) => string;
  /** What pointer or keyboard are at, in one map or in all of them; null: nothing. */
  readonly pointed: () => (Cross & { readonly map: number | null }) | null;
  readonly pinned: () => Cross;
  /** Where the keyboard begins while nothing is pointed at. */
  readonly start: () => Cross;
  /** Room for the whole of it, in CSS pixels; null: the box as it is. */
  readonly room: { readonly width: number; readonly height: number } | null;
  /** How much larger cells are than fits. */
  readonly zoom: Signal<number>;
  /**
   * null: nothing is pointed at any more. `at`: where the pointer is in the box; null for the
   * keyboard.
   */
  readonly point: (cell: MapCell | null, at: Place | null) => void;
  /** null: beside the maps. */
  readonly press: (cell: MapCell | null) => void;
  readonly pressTwice: (cell: MapCell) => void;
}

/** A place in the box, in CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** With how wide the box is. */
export interface Place extends Point {
  readonly width: number;
}

export interface HeatMapStage {
  readonly source: HeatMapSource;
  /** The element that scrolls, while it is on the page. */
  scroller: HTMLElement | null;
  /** The part of it that is seen. */
  readonly view: Signal<Viewport>;
  readonly maps: ReadonlySignal<Maps | null>;
  /** Height of everything as it fits, without zoom. */
  readonly height: ReadonlySignal<number>;
  /** The picture of a map, made when it is first asked for. */
  readonly pictures: ReadonlySignal<(map: number) => OffscreenCanvas | null>;
}

/** How much larger cells are than fits, held by the address under this name. */
export function zoomInAddress(name: string): Signal<number> {
  const zoom = signal(1);
  const parse = (text: string): number => Math.min(1e4, Math.max(1, Number(text) || 1));
  inAddress(name, field(zoom, String, parse));
  return zoom;
}

export function createStage(source: HeatMapSource): HeatMapStage {
  const view = signal(NO_VIEWPORT);
  // What is scrolled by does not change where things stand.
  const [viewWidth, viewHeight] = [
    computed(() => view.value.width),
    computed(() => view.value.height),
  ];
  const labels = computed(() => {
    const font = canvasFont(LABEL_FONT);
    return {
      queryLabel: widestLabel(source.queryLabels(), font),
      keyLabel: widestLabel(source.keyLabels(), font),
    };
  });
  const count = computed(() => source.heads().length);
  const mapsAt = (zoom: number): Maps | null => {
    const shape = source.shape();
    const { width, height } = source.room ?? { width: viewWidth.value, height: viewHeight.value };
    if (shape === null || width === 0 || count.value === 0) return null;
    return arrangeMaps({
      ...shape,
      ...labels.value,
      width,
      height,
      zoom,
      titled: source.titled,
      maps: count.value,
      ratio: pixelRatio(),
    });
  };
  const maps = computed(() => mapsAt(source.zoom.value));
  const height = computed(() => Math.ceil(mapsAt(1)?.contentHeight ?? 0));
  const pictures = computed(() => picturesOf(maps.value, source.heads()));
  return { source, scroller: null, view, maps, height, pictures };
}

function picturesOf(
  maps: Maps | null,
  heads: readonly HeatMapHead[],
): (map: number) => OffscreenCanvas | null {
  const root = scale.value === "sqrt";
  const [weights, changes] = [sequential(theme.value), changeRamp(theme.value)];
  const made = new Map<number, OffscreenCanvas>();
  return (map) => {
    const cells = heads[map]?.cells;
    if (maps === null || cells === undefined) return null;
    const known = made.get(map);
    if (known) return known;
    const [rows, columns] = pictureSize(maps, cells);
    const table = cells.signed ? changes : weights;
    const pixels = paintCells(cells, rows, columns, { table, root });
    const image = pixelImage(pixels, columns);
    if (image) made.set(map, image);
    return image;
  };
}
