/**
 * A line chart. Axes and thin lines stand on one canvas, bold lines and the marked step on the
 * next, what follows the pointer on a third, so that scrubbing through a thousand steps does not
 * draw a thousand lines, and a moving pointer draws one.
 */

import { computed, type ReadonlySignal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Canvas } from "../Canvas";
import { type Frame, frameOf, placeAt } from "./frame";
import { type Line, type Mark, placeRange, type Range, roomyRange, valueRange } from "./line";
import { paintNames } from "./names";
import { type Near, nearestLine } from "./nearest";
import {
  paintAxes,
  paintBold,
  paintMarks,
  paintPlace,
  paintPointed,
  paintThin,
  paintTip,
} from "./paint";

export interface LineChartProps {
  readonly lines: ReadonlySignal<readonly Line[]>;
  /**
   * Smallest and largest value of the axis up; those of the lines, with some room, where it is left
   * out.
   */
  readonly range?: ReadonlySignal<Range>;
  readonly marks?: ReadonlySignal<readonly Mark[]>;
  /** What a place is, in words: "step". */
  readonly place: string;
  /** Names of the axes. Where they are given, there are grid lines both ways. */
  readonly across?: string;
  readonly up?: string;
  /** Distances between places are those of log2(1 + place). */
  readonly log?: boolean;
  /** Values are ranks: the first stands on top. */
  readonly ranks?: boolean;
  /**
   * The pointer reads all lines wherever it is, not only the one that it is near: for a few lines.
   */
  readonly readsAll?: boolean;
  /** A value as text. Give the same function again where nothing else has changed. */
  readonly format: (value: number) => string;
  /** The places have no numbers: another chart below shares the axis. */
  readonly bare?: boolean;
  /** Bold lines have their names at their right. */
  readonly names?: boolean;
  /** CSS pixels at the right of the lines, for names, as `roomOfNames` says; also of a chart above. */
  readonly nameRoom?: ReadonlySignal<number>;
  /** CSS pixels; that of the box around it where it is left out. */
  readonly height?: number;
  /** Says in words what the chart shows. */
  readonly label: string;
  readonly testId?: string;
  /** The pointer is near a line, or near none. */
  readonly onNear?: (near: Near | null) => void;
  /**
   * A click at a place, on a line if one is near. A shortcut: what it does must be reached by
   * keyboard elsewhere.
   */
  readonly onPick?: (place: number, near: Near | null) => void;
}

/** How far from a line the pointer may be, in CSS pixels. */
const REACH = 14;

export function LineChart(props: LineChartProps): JSX.Element {
  const { lines, range, marks, place, across = "", up = "", format, onNear, onPick } = props;
  const {
    log = false,
    ranks = false,
    readsAll = false,
    bare = false,
    names = false,
    nameRoom,
  } = props;
  const near = useSignal<Near | null>(null);
  const parts = useMemo(() => {
    const scales = computed(() => ({
      places: placeRange(lines.value),
      values: range?.value ?? roomyRange(valueRange(lines.value)),
      log,
      ranks,
      named: across !== "" || up !== "",
      bare,
      nameRoom: nameRoom?.value ?? 0,
    }));
    let frame: Frame | null = null;
    const base = (context: CanvasRenderingContext2D, width: number, height: number): void => {
      frame = frameOf(width, height, scales.value);
      paintAxes(context, frame, { across, up });
      paintThin(context, frame, lines.value);
    };
    const middle = (context: CanvasRenderingContext2D, width: number, height: number): void => {
      const now = frameOf(width, height, scales.value);
      paintMarks(context, now, marks?.value ?? []);
      paintBold(context, now, lines.value);
      if (names) paintNames(context, now, lines.value);
    };
    const top = (context: CanvasRenderingContext2D, width: number, height: number): void => {
      const at = near.value;
      if (!at) return;
      const now = frameOf(width, height, scales.value);
      const pointed = lines.value[at.line]?.places[at.index];
      if (!readsAll) paintPointed(context, now, lines.value, at);
      else if (pointed !== undefined) paintPlace(context, now, lines.value, pointed);
      paintTip(context, now, lines.value, at, { place, format });
    };
    const point = (x: number, y: number): Near | null => {
      const reach = readsAll ? Number.POSITIVE_INFINITY : REACH;
      const found = frame && nearestLine(lines.peek(), frame, x, y, reach);
      const known = near.peek();
      if (found?.line !== known?.line || found?.index !== known?.index) near.value = found;
      return found;
    };
    const placeOf = (x: number): number => (frame ? placeAt(frame, x) : Number.NaN);
    return { base, middle, top, point, placeOf };
  }, [
    near,
    lines,
    range,
    marks,
    place,
    across,
    up,
    log,
    ranks,
    bare,
    readsAll,
    names,
    nameRoom,
    format,
  ]);
  return (
    <Canvas
      draw={parts.base}
      overlay={parts.middle}
      topmost={parts.top}
      label={props.label}
      cursor={onPick ? "pointer" : "default"}
      {...(props.height === undefined ? {} : { style: { height: `${props.height}px` } })}
      {...(props.testId === undefined ? {} : { testId: props.testId })}
      onPoint={(x, y) => {
        const found = parts.point(x, y);
        onNear?.(found);
      }}
      onLeave={() => {
        near.value = null;
        onNear?.(null);
      }}
      onPress={(x, y) => onPick?.(parts.placeOf(x), parts.point(x, y))}
    />
  );
}
