/** An enlarged head drawn as the cells of the grid are: as lines between its tokens. */

import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { changeColour, headColour } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import type { HeadCells } from "../../../state/head_cells";
import { theme } from "../../../state/host";
import type { HeadAddress } from "../../../state/selection";
import { type Cross, keyAction } from "../../../ui/heatmap/keys";
import {
  drawHeadLines,
  drawTokens,
  type LinesLayout,
  type LinesScene,
  linesLayout,
  rowAt,
} from "../head_lines";
import type { EnlargedHead } from "./source";

/** Height of a token's row as it is wanted, and of the whole, in CSS pixels. */
const ROW = 20;
const HEIGHT = { least: 160, most: 380 };
/** Above and below the lines. */
const EDGE = 4;

interface LinesProps {
  readonly address: HeadAddress;
  readonly head: EnlargedHead;
  readonly width: number;
}

export function Lines({ address: { layer, head: number }, head, width }: LinesProps): JSX.Element {
  const stage = useMemo(() => createStage(number, head), [number, head]);
  const { source } = head;
  const rows = Math.max(source.queryLabels().length, source.keyLabels().length);
  const height = Math.max(HEIGHT.least, Math.min(HEIGHT.most, rows * ROW));
  return (
    <Canvas
      draw={stage.draw}
      overlay={stage.drawFocus}
      label={`Lines of layer ${layer} head ${number}: queries at the left, keys at the right. Arrow keys move, Enter pins.`}
      testId={`model-matrix-${layer}-${number}`}
      style={{ width: `${width}px`, height: `${height}px` }}
      onPoint={stage.point}
      onLeave={() => source.point(null, null)}
      onPress={(x, y) => source.press(stage.pairAt(x, y))}
      onKey={stage.press}
    />
  );
}

function createStage(number: number, { source }: EnlargedHead) {
  let layout: LinesLayout | null = null;
  const sceneNow = (): LinesScene | null => {
    const cells = source.heads()[0]?.cells;
    if (!cells) return null;
    const now = theme.value;
    return {
      cells,
      queryLabels: source.queryLabels(),
      keyLabels: source.keyLabels(),
      colours: cells.signed
        ? { more: changeColour("more", now), less: changeColour("less", now) }
        : { more: headColour(number, now), less: headColour(number, now) },
      inks: palette(now),
    };
  };
  const place = (scene: LinesScene, width: number, height: number): LinesLayout =>
    linesLayout({ left: 0, top: EDGE, width, height: height - 2 * EDGE }, scene);
  /** Which end the pointer is at; the keyboard moves along the queries. */
  let end: "query" | "key" = "query";
  const focus = (): Cross | null => {
    const pointed = source.pointed();
    const { query, key } = pointed ?? source.pinned();
    const isKey = pointed ? end === "key" : query === null;
    if (isKey) return key === null ? null : { query: null, key };
    return { query, key: null };
  };
  const isCalm = computed(() => focus() === null);
  const pairAt = (x: number, y: number): { map: number; query: number; key: number } | null => {
    const scene = sceneNow();
    if (!scene || !layout) return null;
    const row = rowAt(layout, scene, x, y);
    end = row.query === null ? "key" : "query";
    return strongest(scene.cells, row);
  };
  return {
    draw: (context: CanvasRenderingContext2D, width: number, height: number): void => {
      const scene = sceneNow();
      if (!scene) return;
      layout = place(scene, width, height);
      if (isCalm.value) drawHeadLines(context, scene, layout);
      drawTokens(context, scene, layout);
    },
    drawFocus: (context: CanvasRenderingContext2D, width: number, height: number): void => {
      const [scene, at] = [sceneNow(), focus()];
      if (scene && at) drawHeadLines(context, scene, place(scene, width, height), at);
    },
    pairAt,
    point: (x: number, y: number): void => source.point(pairAt(x, y), null),
    press: (event: KeyboardEvent): void => {
      const shape = source.shape();
      if (!shape || event.altKey || event.ctrlKey || event.metaKey) return;
      const pointed = source.pointed();
      const action = keyAction(event.key, pointed ?? source.start(), shape, pointed !== null);
      if (action === null || action.kind === "zoom") return;
      event.preventDefault();
      event.stopPropagation();
      end = "query";
      if (action.kind === "leave") source.point(null, null);
      else if (action.kind === "press") source.press({ ...action, map: 0 });
      else source.point({ map: 0, query: action.query, key: action.key }, null);
    },
  };
}

/** The strongest pair of a query, or of a key. */
function strongest(
  { data, queries, keys }: HeadCells,
  { query, key }: Cross,
): { map: number; query: number; key: number } {
  let best = { map: 0, query: query ?? 0, key: key ?? 0 };
  let most = -1;
  for (let at = 0; at < (query === null ? queries : keys); at++) {
    const [row, column] = [query ?? at, key ?? at];
    const size = Math.abs(data[row * keys + column] ?? 0);
    if (size > most) [best, most] = [{ map: 0, query: row, key: column }, size];
  }
  return best;
}
