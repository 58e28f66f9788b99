/** The metric of the head, the loss and the scalars of its run, on one axis of steps. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Canvas } from "../../../draw/Canvas";
import { type Frame, frameOf, placeAt } from "../../../draw/chart/frame";
import { type Near, nearestLine } from "../../../draw/chart/nearest";
import { plural } from "../../../format";
import { chooseStep } from "../../../state/selection";
import { Card } from "../../../ui/Card";
import { headName } from "../../../ui/metric_words";
import { CurveChoice } from "./CurveChoice";
import { measure } from "./measure";
import { allLines, LABEL_ROOM, paintChosen, paintCurves, paintNear } from "./paint";
import { drawnCurves, headLines, range, reach } from "./state";

/** How far from a line the pointer may be, in CSS pixels. */
const REACH = 14;

export function CurveCard(): JSX.Element {
  return (
    <Card
      id="story-curves"
      class="story-curve-card"
      label="The head and the run"
      testId="story-curves"
    >
      <header>
        <h2>The head and the run, on one axis</h2>
        <CurveChoice />
      </header>
      <p class="note story-said">{saidText()}</p>
      <div class="story-chart">
        <Chart />
      </div>
    </Card>
  );
}

/** "induction of 4 heads, at the left; each curve on a scale of its own" */
function saidText(): string {
  const lines = headLines.value;
  const focused = lines.find((each) => each.bold)?.name ?? headName({ layer: 0, head: 0 });
  const who = lines.length > 1 ? `${plural(lines.length, "head")}, bold ${focused}` : focused;
  const scales = drawnCurves.value.length > 0 ? "; every other line on a scale of its own" : "";
  return measure.value ? `${measure.value.label} of ${who}${scales}` : "";
}

function Chart(): JSX.Element {
  const near = useSignal<Near | null>(null);
  const parts = useMemo(() => {
    let shown: Frame | null = null;
    const frame = (width: number, height: number): Frame =>
      frameOf(Math.max(1, width - LABEL_ROOM + 8), height, {
        places: reach.value,
        values: range.value,
        log: false,
        ranks: false,
        named: false,
      });
    return {
      base: (context: CanvasRenderingContext2D, width: number, height: number): void => {
        shown = frame(width, height);
        paintCurves(context, shown);
      },
      middle: (context: CanvasRenderingContext2D, width: number, height: number): void =>
        paintChosen(context, frame(width, height)),
      top: (context: CanvasRenderingContext2D, width: number, height: number): void => {
        if (near.value) paintNear(context, frame(width, height), near.value);
      },
      point: (x: number, y: number): void => {
        const found = shown && nearestLine(allLines(), shown, x, y, REACH);
        const known = near.peek();
        if (found?.line !== known?.line || found?.index !== known?.index) near.value = found;
      },
      choose: (x: number): void => {
        if (shown) chooseStep(placeAt(shown, x));
      },
    };
  }, [near]);
  return (
    <Canvas
      draw={parts.base}
      overlay={parts.middle}
      topmost={parts.top}
      label={`${measure.value?.label ?? "heads"} over the steps, with ${drawnCurves.value.map((each) => each.label).join(", ") || "no other curve"}`}
      testId="story-chart"
      cursor="ew-resize"
      onPoint={(x, y, event) => {
        parts.point(x, y);
        if ((event.buttons & 1) === 1) parts.choose(x);
      }}
      onLeave={() => {
        near.value = null;
      }}
      onPress={(x) => parts.choose(x)}
    />
  );
}
