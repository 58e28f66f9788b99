/** Line charts by uPlot, in the tab's colours and fonts: numbers in, lines out. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../state/host";
import { rememberDrawing } from "./Canvas";
import { type ChartLook, paintChart } from "./chart_paint";
import { palette } from "./palette";
import { canvasFont } from "./style";

export interface ChartLine {
  readonly label: string;
  readonly colour: string;
  /** CSS pixels; 1.5 where it is left out. */
  readonly width?: number;
  readonly dash?: readonly number[];
  /** What is not finite leaves a gap. */
  readonly values: ArrayLike<number>;
}

export interface ChartProps {
  /** Where the values stand, ascending. */
  readonly places: ArrayLike<number>;
  readonly lines: readonly ChartLine[];
  /** CSS pixels. */
  readonly height: number;
  /** Says in words what the chart shows. */
  readonly label: string;
  /** Names of the axes. */
  readonly across: string;
  readonly up: string;
  /** Distances between places are those of log2(1 + place). */
  readonly log?: boolean;
  /** The least and the largest value of the axis up; from the lines where it is left out. */
  readonly range?: readonly [number, number];
  /** Larger values stand lower, as ranks do. */
  readonly down?: boolean;
  /** A place to mark with an upright line. */
  readonly marked?: number | null;
  readonly testId?: string;
  /** A shortcut by pointer: what it does must be reached by keyboard elsewhere. */
  readonly onPress?: (index: number) => void;
}

/** Distances of ticks across: steps and tokens are whole. */
const WHOLE = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((each) => each * 10 ** power),
).flat();

export function Chart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Colours and the like are fixed when a chart is made; numbers can change in it.
  const look = props.lines.map(({ label, colour, width: thick, dash }) => [
    label,
    colour,
    thick,
    dash,
  ]);
  const made = JSON.stringify([
    look,
    width,
    props.height,
    props.across,
    props.up,
    props.log,
    props.range,
    props.down,
    theme.value,
  ]);
  useLayoutEffect(() => {
    if (!box.current || width === 0) return undefined;
    const chart = new uPlot(options(latest, width), dataOf(latest.current), box.current);
    rememberDrawing(
      chart.ctx.canvas,
      (context) => paintChart(context, chart, lookOf(latest.current)),
      width,
      props.height,
    );
    plot.current = chart;
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [made]);
  useEffect(() => {
    plot.current?.setData(dataOf({ places: props.places, lines: props.lines }));
  }, [props.places, props.lines]);
  useEffect(() => plot.current?.redraw(false, false), [props.marked]);
  const press = (): void => {
    const at = plot.current?.cursor.idx;
    if (typeof at === "number") props.onPress?.(at);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the step bar does the same by keyboard
    <div
      ref={box}
      onClick={press}
      class="chart"
      role="img"
      aria-label={props.label}
      style={{ height: `${props.height}px` }}
      data-testid={props.testId}
    />
  );
}

function lookOf({ across, up, marked }: ChartProps): ChartLook {
  const { muted, border, accent } = palette(theme.peek());
  return { text: muted, grid: border, mark: accent, across, up, marked: marked ?? null };
}

function options(latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const { height, lines, across, up, log, range, down } = latest.current;
  const colours = palette(theme.peek());
  const axis = {
    stroke: colours.muted,
    grid: { stroke: colours.border, width: 1 },
    ticks: { show: false },
    font: canvasFont(10),
  };
  const name = { labelFont: canvasFont(11), labelSize: 14, labelGap: 0 };
  return {
    width,
    height,
    legend: { show: false },
    scales: {
      x: {
        time: false,
        ...(log
          ? { distr: 100, fwd: (value) => Math.log2(1 + value), bwd: (value) => 2 ** value - 1 }
          : {}),
      },
      y: { ...(range ? { range: [...range] } : {}), ...(down ? { dir: -1 as const } : {}) },
    },
    axes: [
      {
        ...axis,
        ...name,
        label: across,
        size: 22,
        gap: 3,
        ...(log ? { splits: powers } : {}),
        incrs: WHOLE,
        values: (_, all) => all.map(tick),
      },
      {
        ...axis,
        ...name,
        label: up,
        size: 40,
        gap: 4,
        space: 26,
        ...(range ? { splits: () => [...range] } : {}),
        values: (_, all) => all.map(tick),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line))],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
    },
    hooks: {
      draw: [(chart) => drawMark(chart, latest.current.marked ?? null, colours.accent)],
    },
  };
}

function seriesOf({ label, colour, width, dash }: ChartLine): uPlot.Series {
  return {
    label,
    stroke: colour,
    width: width ?? 1.5,
    points: { show: false },
    ...(dash ? { dash: [...dash] } : {}),
  };
}

function dataOf({ places, lines }: Pick<ChartProps, "places" | "lines">): uPlot.AlignedData {
  const values = lines.map((line) =>
    Array.from(line.values, (value) => (Number.isFinite(value) ? value : null)),
  );
  return [Array.from(places), ...values];
}

function drawMark(chart: uPlot, marked: number | null, colour: string): void {
  if (marked === null) return;
  const { ctx, bbox } = chart;
  const x = Math.round(chart.valToPos(marked, "x", true)) + 0.5;
  if (x < bbox.left || x > bbox.left + bbox.width + 1) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = window.devicePixelRatio || 1;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** 0, 1, 3, 7, 15 ...: the places at which log2(1 + place) is whole. */
function powers(_: uPlot, __: number, low: number, high: number): number[] {
  const all = [];
  for (let power = 0; 2 ** power - 1 <= high; power++)
    if (2 ** power - 1 >= low) all.push(2 ** power - 1);
  return all;
}

/** uPlot gives null for places of a scale of its own that have no room for a number. */
function tick(value: number | null): string {
  if (value === null) return "";
  const size = Math.abs(value);
  const text =
    size >= 1e5 || (size > 0 && size < 1e-3)
      ? value.toExponential(0)
      : value.toLocaleString("en-US", { maximumFractionDigits: 3 });
  return text.replace("-", "−");
}
