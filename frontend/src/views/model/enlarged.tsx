/** One head enlarged: full weights, token labels where they fit, exact numbers under the pointer. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Canvas } from "../../draw/canvas";
import { sequential } from "../../draw/colour";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { hover } from "../../state/hover";
import { type HeadAddress, key, keySequence, pinKey, pinQuery, query, querySequence } from "../../state/selection";
import { smallest, strength } from "../../state/show";
import { displayToken } from "../../state/tokens";
import { peakOf, thumbnailOf } from "./bins";
import { drawMatrix, drawPair, type MatrixScene } from "./draw_matrix";
import { type Grid, hiddenShare, matrixHeight, matrixLayout, paintGrid, pairAt } from "./matrix";
import { layerOf, weightsOf } from "./picture";

interface Pair {
  readonly query: number;
  readonly key: number;
}

const CHARACTER = 6.6;
const LABELS_MOST = 96;

export function Enlarged({ address, width }: { address: HeadAddress; width: number }): JSX.Element | null {
  const stage = useMemo(() => createStage(address, width), [address, width]);
  const scene = stage.scene.value;
  if (!scene) return null;
  const { layout, grid } = scene;
  const at = stage.pair.value;
  const show = (pair: Pair | null): void => pointPair(stage, address, pair);
  return (
    <>
      <div style={{ width: `${width}px`, height: `${matrixHeight(layout)}px` }}>
        <Canvas
          draw={stage.draw}
          overlay={stage.above}
          label={`Weights of layer ${address.layer} head ${address.head}: queries down, keys to the right. ${stage.text.value}. Arrow keys move, Enter pins.`}
          testId={`model-matrix-${address.layer}-${address.head}`}
          cursor={at ? "pointer" : "default"}
          onPoint={(x, y) => show(stage.exact.value ? pairAt(layout, grid, x, y) : null)}
          onLeave={() => show(null)}
          onPress={() => at && pinPair(at)}
          onKey={(event) => onKey(event, at ?? stage.peak.value ?? { query: 0, key: 0 }, grid, show)}
        />
      </div>
      <p class="model-exact" role="status" data-testid="model-exact">
        {stage.text.value}
      </p>
      {stage.hidden.value >= 0.005 && (
        <p class="note" data-testid="model-hidden">
          {Math.round(stage.hidden.value * 100)} % of the weight lies in cells under {smallest.value}, which are not drawn.
        </p>
      )}
    </>
  );
}

interface Stage {
  readonly exact: ReadonlySignal<boolean>;
  readonly scene: ReadonlySignal<MatrixScene | null>;
  readonly peak: ReadonlySignal<Pair | null>;
  readonly pair: ReturnType<typeof signal<Pair | null>>;
  readonly text: ReadonlySignal<string>;
  /** Share of the weight that is too small to be drawn. */
  readonly hidden: ReadonlySignal<number>;
  readonly draw: (context: CanvasRenderingContext2D) => void;
  readonly above: (context: CanvasRenderingContext2D) => void;
}

function createStage(address: HeadAddress, width: number): Stage {
  const pair = signal<Pair | null>(null);
  const full = computed(() => weightsOf(address));
  const exact = computed(() => full.value !== null);
  const grid = computed<Grid | null>(() => {
    const now = full.value;
    return now ? { rows: now.queries, columns: now.keys, data: now.data } : pooled(address);
  });
  const scene = computed(() => (grid.value ? sceneOf(grid.value, exact.value, width) : null));
  const peak = computed(() => (full.value ? strongest(address, full.value) : null));
  const text = computed(() => {
    const values = full.value;
    const at = pair.value ?? peak.value;
    if (!values || !at) return values ? "no weight" : "";
    const weight = values.data[at.query * values.keys + at.key] ?? Number.NaN;
    return `${pair.value ? "" : "largest: "}${token("query", at.query)} → ${token("key", at.key)} ${weight.toFixed(4)}`;
  });
  const hidden = computed(() => (exact.value && grid.value ? hiddenShare(grid.value, smallest.value) : 0));
  return {
    hidden,
    exact,
    scene,
    peak,
    pair,
    text,
    draw: (context) => {
      if (scene.value) drawMatrix(context, scene.value);
    },
    above: (context) => {
      if (!scene.value || !exact.value) return;
      if (query.value !== null && key.value !== null) drawPair(context, scene.value, query.value, key.value, "accent");
      if (pair.value) drawPair(context, scene.value, pair.value.query, pair.value.key, "text");
    },
  };
}

function sceneOf(grid: Grid, exact: boolean, width: number): MatrixScene {
  const queries = querySequence.value?.tokens ?? [];
  const keys = keySequence.value?.tokens ?? [];
  const [rows, columns] = exact ? [grid.rows, grid.columns] : [Math.max(queries.length, 1), Math.max(keys.length, 1)];
  const longest = queries.reduce((most, text) => Math.max(most, displayToken(text, 14).label.length), 2);
  const layout = matrixLayout(width, rows, columns, Math.min(LABELS_MOST, longest * CHARACTER + 12));
  const ratio = devicePixelRatio || 1;
  const [across, down] = [Math.max(1, Math.round(layout.width * ratio)), Math.max(1, Math.round(layout.height * ratio))];
  const image = new OffscreenCanvas(across, down);
  const pixels = paintGrid(grid, across, down, sequential(theme.value), strength);
  image.getContext("2d")?.putImageData(new ImageData(pixels, across, down), 0, 0);
  return { layout, grid, image, theme: theme.value, rows, columns, queries, keys };
}

/** The thumbnail stands in until the weights are there, so that nothing jumps. */
function pooled(address: HeadAddress): Grid | null {
  const now = thumbnails.value;
  const row = now?.layers.indexOf(address.layer) ?? -1;
  if (!now || row < 0 || address.head >= now.heads) return null;
  const data = Float32Array.from(thumbnailOf(now, row, address.head), (value) => (value / 255) ** 2);
  return { rows: now.rows, columns: now.columns, data };
}

function strongest(address: HeadAddress, full: { queries: number; keys: number; data: Float32Array }): Pair | null {
  const params = layerOf(thumbnails.value?.layers.indexOf(address.layer) ?? 0);
  const from = params?.causal && params.query_start === 0 && full.queries > 1 ? 1 : 0;
  const peak = peakOf(full.data, full.keys, from);
  return peak && { query: peak.row, key: peak.column };
}

function token(side: "query" | "key", position: number): string {
  const tokens = (side === "query" ? querySequence : keySequence).value?.tokens ?? [];
  return displayToken(tokens[position] ?? `position ${position}`, 16).label;
}

function pointPair(stage: Stage, address: HeadAddress, pair: Pair | null): void {
  stage.pair.value = pair;
  const full = weightsOf(address);
  const weight = pair && full ? full.data[pair.query * full.keys + pair.key] : undefined;
  hover.value = pair ? { ...address, ...pair, ...(weight === undefined ? {} : { weight }) } : null;
}

function pinPair(pair: Pair): void {
  const same = query.value === pair.query && key.value === pair.key;
  pinQuery(same ? null : pair.query);
  pinKey(same ? null : pair.key);
}

const STEPS: Record<string, Pair> = {
  ArrowUp: { query: -1, key: 0 },
  ArrowDown: { query: 1, key: 0 },
  ArrowLeft: { query: 0, key: -1 },
  ArrowRight: { query: 0, key: 1 },
};

function onKey(event: KeyboardEvent, at: Pair, grid: Grid, show: (pair: Pair) => void): void {
  const step = STEPS[event.key];
  if ((!step && event.key !== "Enter") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (!step) {
    pinPair(at);
    return;
  }
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  show({ query: within(at.query + step.query, grid.rows), key: within(at.key + step.key, grid.columns) });
}
