/** Draws a chart of uPlot again, in CSS pixels, into another context: for export, where uPlot's own picture would be pixels. */

import uPlot from "uplot";
import { canvasFont } from "./style";

type Context = CanvasRenderingContext2D;

/** Ticks as uPlot has chosen them; it keeps them on the axis, but does not name them among its types. */
interface Ticks {
  readonly _splits?: readonly number[] | null;
  readonly _values?: readonly (string | null)[] | null;
}

export interface ChartLook {
  readonly text: string;
  readonly grid: string;
  readonly mark: string;
  readonly across: string;
  readonly up: string;
  readonly marked: number | null;
}

export function paintChart(context: Context, chart: uPlot, look: ChartLook): void {
  const { left, top, width, height } = plotOf(chart);
  context.lineWidth = 1;
  context.strokeStyle = look.grid;
  context.fillStyle = look.text;
  context.font = canvasFont(10);
  context.textBaseline = "middle";
  ticks(chart, 0).forEach(({ value, text }) => {
    const x = left + chart.valToPos(value, "x");
    line(context, [x, top], [x, top + height]);
    context.textAlign = "center";
    context.fillText(text, x, top + height + 10);
  });
  ticks(chart, 1).forEach(({ value, text }) => {
    const y = top + chart.valToPos(value, "y");
    line(context, [left, y], [left + width, y]);
    context.textAlign = "right";
    context.fillText(text, left - 5, y);
  });
  context.font = canvasFont(11);
  context.textAlign = "center";
  context.fillText(look.across, left + width / 2, top + height + 28);
  context.save();
  context.translate(8, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(look.up, 0, 0);
  context.restore();
  context.save();
  context.beginPath();
  context.rect(left, top - 1, width + 1, height + 2);
  context.clip();
  for (let series = 1; series < chart.series.length; series++) paintSeries(context, chart, series);
  if (look.marked !== null) {
    context.strokeStyle = look.mark;
    context.lineWidth = 1;
    const x = left + chart.valToPos(look.marked, "x");
    line(context, [x, top], [x, top + height]);
  }
  context.restore();
}

function paintSeries(context: Context, chart: uPlot, index: number): void {
  const { left, top } = plotOf(chart);
  const series = chart.series[index];
  const [places, values] = [chart.data[0], chart.data[index] ?? []];
  if (!series?.show) return;
  const stroke = typeof series.stroke === "function" ? series.stroke(chart, index) : series.stroke;
  context.strokeStyle = typeof stroke === "string" ? stroke : "#888888";
  context.lineWidth = series.width ?? 1;
  context.setLineDash(series.dash ?? []);
  context.beginPath();
  let open = false;
  for (let at = 0; at < places.length; at++) {
    const value = values[at];
    if (value === null || value === undefined) {
      open = false;
      continue;
    }
    const [x, y] = [left + chart.valToPos(places[at] ?? 0, "x"), top + chart.valToPos(value, "y")];
    if (open) context.lineTo(x, y);
    else context.moveTo(x, y);
    open = true;
  }
  context.stroke();
  context.setLineDash([]);
}

function plotOf(chart: uPlot): { left: number; top: number; width: number; height: number } {
  const { left, top, width, height } = chart.bbox;
  const ratio = uPlot.pxRatio;
  return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
}

function ticks(
  chart: uPlot,
  axis: number,
): readonly { readonly value: number; readonly text: string }[] {
  const { _splits: splits, _values: values } = (chart.axes[axis] ?? {}) as Ticks;
  return (splits ?? []).flatMap((value, at) => {
    const text = values?.[at];
    return value === null || text === null || text === undefined
      ? []
      : [{ value, text: String(text) }];
  });
}

function line(
  context: Context,
  from: readonly [number, number],
  to: readonly [number, number],
): void {
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.stroke();
}
