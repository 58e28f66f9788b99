/** The drawing of matrices as signals: its size and scroll, where the maps stand, and a picture of each. */

import { computed, signal } from "@preact/signals";
import { paintChange } from "../../../draw/change";
import { changeRamp, sequential } from "../../../draw/colour";
import { arrangeMaps, type Maps, paintWeights } from "../../../draw/matrix";
import { canvasFont } from "../../../draw/style";
import { field } from "../../../state/field";
import { inAddress } from "../../../state/fields";
import { theme } from "../../../state/host";
import { scale, smallest } from "../../../state/show";
import { widestLabel } from "../labels";
import { keyLabels, queryLabels } from "../rows";
import { differs, leasts, mapSeries, shape } from "../series";

/** Size of the box in CSS pixels, and device pixels for each of them. */
export const box = signal({ width: 0, height: 0, ratio: 1 });
export const scrollTop = signal(0);
export const scrollLeft = signal(0);
/** How much larger cells are than fits. */
export const zoom = signal(1);
inAddress(
  "zoom",
  field(zoom, String, (text) => Math.min(1e4, Math.max(1, Number(text) || 1))),
);

export const LABEL_FONT = 11;

export const maps = computed<Maps | null>(() => {
  const now = shape.value;
  const { width, height, ratio } = box.value;
  if (now === null || width === 0 || mapSeries.value.length === 0) return null;
  const font = canvasFont(LABEL_FONT);
  return arrangeMaps({
    width,
    height,
    ratio,
    zoom: zoom.value,
    maps: mapSeries.value.length,
    queries: now.queries,
    keys: now.keys,
    queryLabel: widestLabel(queryLabels.value, font),
    keyLabel: widestLabel(keyLabels.value, font),
  });
});

/** The picture of a map, made when it is first asked for. */
export const pictures = computed<(index: number) => HTMLCanvasElement | null>(() => {
  const now = maps.value;
  const shown = mapSeries.value;
  const root = scale.value === "sqrt";
  const [table, change] = [sequential(theme.value), differs.value ? changeRamp(theme.value) : null];
  const least = smallest.value;
  const drawn = leasts.value;
  const { ratio } = box.value;
  const made = new Map<number, HTMLCanvasElement>();
  return (index) => {
    const data = shown[index]?.data;
    if (now === null || data === undefined) return null;
    const known = made.get(index);
    if (known) return known;
    const canvas = document.createElement("canvas");
    // One pixel for each cell, or for each device pixel where the cells are smaller.
    canvas.width = Math.max(1, Math.min(now.keys, Math.round(now.mapWidth * ratio)));
    canvas.height = Math.max(1, Math.min(now.queries, Math.round(now.mapHeight * ratio)));
    const size = [now.queries, now.keys, canvas.height, canvas.width] as const;
    const pixels = change
      ? paintChange(data, ...size, { table: change, root, least })
      : paintWeights(data, ...size, { table, root, least: (query) => drawn[index]?.[query] ?? 0 });
    canvas.getContext("2d")?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
    made.set(index, canvas);
    return canvas;
  };
});
