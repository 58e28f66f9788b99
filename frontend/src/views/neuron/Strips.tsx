/** The strips: one row per key token under the query's, drawn where they are in view. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Canvas } from "../../draw/Canvas";
import { palette } from "../../draw/palette";
import { explainedKey, pinnedNeuron } from "../../state/neuron";
import { query } from "../../state/selection";
import { Announcer } from "../../ui/Announcer";
import { ScrollPane } from "../../ui/ScrollPane";
import { scrollToSee } from "../../ui/sight";
import { hint, keyBy, pairText, placeBy, point, press, queryBy, spoken } from "./actions";
import { fullHeight, type Hit, hitAt } from "./layout";
import { drawRows, type Scene } from "./paint";
import { drawHeader } from "./paint_header";
import { drawColumn, drawRowFrame } from "./paint_pointed";
import { colourTable, layout, scene, viewport } from "./scene";
import {
  keyPlaces,
  keyScale,
  keysByWeight,
  neuronAt,
  picture,
  pinnedHere,
  placeOfKey,
  places,
  pointed,
  pointedKey,
  productScale,
  queryScale,
  queryToken,
} from "./state";

type Context = CanvasRenderingContext2D;

/** CSS pixels below which headings of a figure would not fit. */
const NARROWEST = 560;

export function Strips(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const at = layout.value;
  useEffect(() => () => point(null), []);
  const opened = at !== null;
  const shownQuery = picture.value?.frame.query;
  const sorted = keysByWeight.value;
  // Who chooses a query wants to see the key that is taken apart; a change of step must not scroll.
  useEffect(() => {
    if (opened && shownQuery !== undefined) show(explainedKey.peek());
  }, [opened, shownQuery, sorted]);

  const hit = (x: number, y: number): Hit | null => {
    const found = at ? hitAt(at, x, y, viewport.peek()) : null;
    if (found === null || found.row === null) return found;
    return { ...found, row: keyPlaces.peek()[found.row] ?? found.row };
  };
  const show = (key: number): void => {
    if (!at || !box.current) return;
    const { rowHeight, header } = at;
    const { top, height } = viewport.peek();
    const row = placeOfKey(key);
    box.current.scrollTop = scrollToSee(row * rowHeight, rowHeight, top, height - header);
  };
  return (
    <>
      <ScrollPane
        view={viewport}
        box={box}
        whole={at && { width: at.width, height: fullHeight(at) }}
        class="neuron-scroll"
        data-figure-width={NARROWEST}
        data-testid="neuron-strips"
        pane={
          <div class="fill" title={hint.value}>
            <Canvas
              draw={drawBase}
              overlay={drawAbove}
              label={`Neurons of layer ${picture.value?.frame.layer} head ${picture.value?.frame.head}. ${pairText(explainedKey.value)}. Up and down: query token; with Shift: key token. Left and right: neuron. Enter: pin the neuron.`}
              testId="neuron-canvas"
              cursor={pointed.value ? "pointer" : "default"}
              onPoint={(x, y) => point(hit(x, y))}
              onLeave={() => point(null)}
              onPress={(x, y) => press(hit(x, y))}
              onKey={(event) => onKey(event, show)}
            />
          </div>
        }
      />
      <Announcer>{spoken}</Announcer>
    </>
  );
}

function drawBase(context: Context, width: number, height: number): void {
  const now = scene.value;
  if (!now) return;
  drawRows(context, now, width, height);
  const scales = { query: queryScale.value, key: keyScale.value, product: productScale.value };
  drawHeader(context, now, scales, queryToken.value, colourTable.peek(), width);
}

function drawAbove(context: Context, width: number, height: number): void {
  const now = scene.value;
  if (now) drawPointed(context, now, width, height);
}

/**
 * The frame of the row under the pointer, and those of the pinned neuron and of the one under the
 * pointer.
 */
function drawPointed(context: Context, scene: Scene, width: number, height: number): void {
  const colours = palette(scene.theme);
  const hit = pointed.value;
  const key = pointedKey.value;
  if (key !== null) drawRowFrame(context, scene, placeOfKey(key), colours.muted, width, height);
  const pinned = pinnedHere.value;
  const pinnedPlace = pinned === null ? -1 : places.value.indexOf(pinned);
  if (pinned !== null && pinnedPlace >= 0)
    drawColumn(context, scene, pinnedPlace, pinned, colours.accent, height);
  const neuron = neuronAt(hit?.place ?? null);
  if (neuron !== null && neuron !== pinned)
    drawColumn(context, scene, hit?.place ?? 0, neuron, colours.text, height);
}

const KEYS: Record<string, (event: KeyboardEvent) => void> = {
  ArrowUp: (event) => (event.shiftKey ? keyBy(-1) : queryBy(-1)),
  ArrowDown: (event) => (event.shiftKey ? keyBy(1) : queryBy(1)),
  ArrowLeft: () => placeBy(-1),
  ArrowRight: () => placeBy(1),
  Enter: () => {
    const hit = pointed.value;
    if (hit) press(hit);
  },
};

function onKey(event: KeyboardEvent, show: (row: number) => void): void {
  if (event.key === "Escape") pinnedNeuron.value = null;
  const action = KEYS[event.key];
  if (!action || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  action(event);
  const row = event.shiftKey ? explainedKey.value : query.value;
  if (row !== null) show(row);
}
