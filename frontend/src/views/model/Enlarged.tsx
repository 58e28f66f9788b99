/** One head enlarged: full weights, token labels where they fit, exact numbers under the pointer. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Canvas } from "../../draw/Canvas";
import { paintChange } from "../../draw/change";
import { changeRamp, sequential } from "../../draw/colour";
import { exactText, signedText } from "../../format";
import { withName } from "../../state/compare";
import { thumbnails } from "../../state/data";
import { theme } from "../../state/host";
import { hover } from "../../state/hover";
import { planText } from "../../state/plan";
import { isPlain, type Plan } from "../../state/reading";
import { type HeadAddress, key, pinKey, pinQuery, query, stackNow } from "../../state/selection";
import { isLogged } from "../../state/settle";
import { scale, smallest, strength } from "../../state/show";
import { displayToken } from "../../state/tokens";
import { peakOf, thumbnailOf } from "./bins";
import { bothAt, readingOn, type Side } from "./compared";
import { type Grid, hiddenShare, matrixHeight, matrixLayout, paintGrid, pairAt } from "./matrix";
import { drawMatrix, drawPair, type MatrixScene } from "./paint_matrix";
import { type HeadReading, labels, tokensText } from "./reading";
import { layerOf } from "./state";

interface Pair {
  readonly query: number;
  readonly key: number;
}

const CHARACTER = 6.6;
const LABELS_MOST = 96;

interface EnlargedProps {
  readonly address: HeadAddress;
  readonly width: number;
  readonly side: Side;
}

export function Enlarged({ address, width, side }: EnlargedProps): JSX.Element | null {
  const stage = useMemo(() => createStage(address, width, side), [address, width, side]);
  const scene = stage.scene.value;
  if (!scene) return null;
  const { layout } = scene;
  const grid = stage.read.value?.grid;
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
          onPoint={(x, y) => show(grid ? pairAt(layout, grid, x, y) : null)}
          onLeave={() => show(null)}
          onPress={() => at && pinPair(stage, at)}
          onKey={(event) =>
            onKey(event, at ?? stage.peak.value ?? { query: 0, key: 0 }, scene, show, (pair) =>
              pinPair(stage, pair),
            )
          }
        />
      </div>
      <p class="model-exact" role="status" data-testid="model-exact">
        {stage.text.value}
      </p>
      {stage.changes.value !== "" && (
        <p class="note" data-testid="model-changes">
          {stage.changes.value}
        </p>
      )}
      {stage.hidden.value >= 0.005 && (
        <p class="note" data-testid="model-hidden">
          {Math.round(stage.hidden.value * 100)} % of the weight lies in cells under{" "}
          {smallest.value}, which are not drawn.
        </p>
      )}
    </>
  );
}

interface Stage {
  /** null until the weights are there. */
  readonly read: ReadonlySignal<HeadReading | null>;
  readonly exact: ReadonlySignal<boolean>;
  /** What was done to the weights, in words. */
  readonly changes: ReadonlySignal<string>;
  readonly scene: ReadonlySignal<MatrixScene | null>;
  readonly peak: ReadonlySignal<Pair | null>;
  readonly pair: ReturnType<typeof signal<Pair | null>>;
  readonly text: ReadonlySignal<string>;
  /** Share of the weight that is too small to be drawn. */
  readonly hidden: ReadonlySignal<number>;
  readonly draw: (context: CanvasRenderingContext2D) => void;
  readonly above: (context: CanvasRenderingContext2D) => void;
}

function createStage(address: HeadAddress, width: number, side: Side): Stage {
  const pair = signal<Pair | null>(null);
  const signed = side === "difference";
  const read = computed(() => readingOn(address, side));
  const exact = computed(() => read.value !== null);
  const grid = computed<Grid | null>(
    () => read.value?.grid ?? (side === "a" ? pooled(address) : null),
  );
  const scene = computed(() =>
    grid.value ? sceneOf(grid.value, read.value?.plan ?? null, width, signed) : null,
  );
  const peak = computed(() =>
    read.value ? strongest(address, signed ? sizesOf(read.value.grid) : read.value.grid) : null,
  );
  const text = computed(() => {
    const now = read.value;
    const at = pair.value ?? peak.value;
    if (!now || !at) return now ? "no weight" : missing(address);
    const weight = now.grid.data[at.query * now.grid.columns + at.key] ?? Number.NaN;
    const number = signed ? signedText(weight) : exactText(weight);
    const [query, key] = [
      tokensText(now.plan, "query", at.query),
      tokensText(now.plan, "key", at.key),
    ];
    return `${pair.value ? "" : "largest: "}${query} → ${key} ${number}`;
  });
  const hidden = computed(() =>
    read.value && !signed ? hiddenShare(read.value.grid, smallest.value) : 0,
  );
  const changes = computed(() =>
    read.value && !isPlain(read.value.plan) ? planText(read.value.plan) : "",
  );
  return {
    read,
    changes,
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
      const [now, plan] = [scene.value, read.value?.plan];
      if (!now || !plan) return;
      const pinned = {
        query: plan.queries.row[query.value ?? -1] ?? -1,
        key: plan.keys.row[key.value ?? -1] ?? -1,
      };
      if (pinned.query >= 0 && pinned.key >= 0)
        drawPair(context, now, pinned.query, pinned.key, "accent");
      if (pair.value) drawPair(context, now, pair.value.query, pair.value.key, "text");
    },
  };
}

function sceneOf(grid: Grid, plan: Plan | null, width: number, signed: boolean): MatrixScene {
  const [queries, keys] = [labels(plan, "query"), labels(plan, "key")];
  const [rows, columns] = plan
    ? [grid.rows, grid.columns]
    : [Math.max(queries.length, 1), Math.max(keys.length, 1)];
  const longest = queries.reduce(
    (most, text) => Math.max(most, displayToken(text, 14).label.length),
    2,
  );
  const layout = matrixLayout(
    width,
    rows,
    columns,
    Math.min(LABELS_MOST, longest * CHARACTER + 12),
  );
  const ratio = devicePixelRatio || 1;
  const [across, down] = [
    Math.max(1, Math.round(layout.width * ratio)),
    Math.max(1, Math.round(layout.height * ratio)),
  ];
  const image = signed ? changeImage(grid, across, down) : weightImage(grid, across, down);
  return {
    layout,
    image,
    theme: theme.value,
    rows,
    columns,
    queries,
    keys,
    block: plan?.block ?? 1,
  };
}

function weightImage(grid: Grid, across: number, down: number): OffscreenCanvas {
  const image = new OffscreenCanvas(across, down);
  const pixels = paintGrid(grid, across, down, sequential(theme.value), strength);
  image.getContext("2d")?.putImageData(new ImageData(pixels, across, down), 0, 0);
  return image;
}

/** One pixel for each cell where there is room; it is stretched. */
function changeImage({ rows, columns, data }: Grid, across: number, down: number): OffscreenCanvas {
  const image = new OffscreenCanvas(Math.min(columns, across), Math.min(rows, down));
  const paint = {
    table: changeRamp(theme.value),
    root: scale.value === "sqrt",
    least: smallest.value,
  };
  const pixels = paintChange(data, rows, columns, image.height, image.width, paint);
  image.getContext("2d")?.putImageData(new ImageData(pixels, image.width, image.height), 0, 0);
  return image;
}

function sizesOf(grid: Grid): Grid {
  return { ...grid, data: grid.data.map(Math.abs) };
}

/** The thumbnail stands in until the weights are there, so that nothing jumps. */
function pooled(address: HeadAddress): Grid | null {
  const now = thumbnails.value;
  const row = now?.layers.indexOf(address.layer) ?? -1;
  if (!now || row < 0 || address.head >= now.heads) return null;
  const data = Float32Array.from(
    thumbnailOf(now, row, address.head),
    (value) => (value / 255) ** 2,
  );
  return { rows: now.rows, columns: now.columns, data };
}

/** Instead of numbers: the picture is the thumbnail. */
function missing(address: HeadAddress): string {
  const stack = stackNow.value;
  return stack && !isLogged(stack, address) ? "Only the thumbnail of this head was logged." : "";
}

function strongest(address: HeadAddress, grid: Grid): Pair | null {
  const params = layerOf(thumbnails.value?.layers.indexOf(address.layer) ?? 0);
  const from = params?.causal && params.query_start === 0 && grid.rows > 1 ? 1 : 0;
  const peak = peakOf(grid.data, grid.columns, from);
  return peak && { query: peak.row, key: peak.column };
}

function pointPair(stage: Stage, address: HeadAddress, pair: Pair | null): void {
  const now = stage.read.value;
  stage.pair.value = pair;
  if (!pair || !now) {
    hover.value = null;
    return;
  }
  const cell = pair.query * now.grid.columns + pair.key;
  const both = bothAt(address, cell);
  const weight = both ? both.a : (now.grid.data[cell] ?? Number.NaN);
  const at = {
    ...address,
    query: now.plan.queries.first[pair.query] ?? 0,
    key: now.plan.keys.first[pair.key] ?? 0,
    weight,
  };
  hover.value = both ? { ...at, text: `${withName.value}: ${exactText(both.b)}` } : at;
}

/** Pins the first tokens of a cell. */
function pinPair(stage: Stage, pair: Pair): void {
  const plan = stage.read.value?.plan;
  const [i, j] = [
    plan?.queries.first[pair.query] ?? pair.query,
    plan?.keys.first[pair.key] ?? pair.key,
  ];
  const same = query.value === i && key.value === j;
  pinQuery(same ? null : i);
  pinKey(same ? null : j);
}

const STEPS: Record<string, Pair> = {
  ArrowUp: { query: -1, key: 0 },
  ArrowDown: { query: 1, key: 0 },
  ArrowLeft: { query: 0, key: -1 },
  ArrowRight: { query: 0, key: 1 },
};

function onKey(
  event: KeyboardEvent,
  at: Pair,
  scene: MatrixScene,
  show: (pair: Pair) => void,
  pin: (pair: Pair) => void,
): void {
  const step = STEPS[event.key];
  if ((!step && event.key !== "Enter") || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (!step) {
    pin(at);
    return;
  }
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  show({
    query: within(at.query + step.query, scene.rows),
    key: within(at.key + step.key, scene.columns),
  });
}
