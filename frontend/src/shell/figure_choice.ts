/** How figures are made: how wide, in which colours, and of which part of the view. */

import { signal } from "@preact/signals";
import { drawingsOf, type FigureLook, mainDrawings } from "../export/figure";
import type { Theme } from "../types";

export type FigureWidth = "column" | "page" | "screen";

export const figureWidth = signal<FigureWidth>("page");
export const figureTheme = signal<Theme>("light");
/** Name of a drawing; "": those of the view itself. */
export const figurePart = signal("");

/** Of one and of two columns, in millimetres, as most journals have them, and the height of a page. */
const WIDTHS: Readonly<Record<Exclude<FigureWidth, "screen">, number>> = { column: 85, page: 178 };
const PAGE_HEIGHT = 205;
const INCH = 25.4;
const PER_INCH = 96;
/** Text of 12 pixels is 6.75 points in print: what papers have within figures. */
const PRINTED = 0.75;

export interface Chosen {
  readonly drawings: readonly HTMLElement[];
  readonly look: FigureLook;
  readonly millimetresPerPixel: number;
}

/** The choice for the view that is on the page. */
export function chosenFigure(view: HTMLElement): Chosen {
  const part = drawingsOf(view).get(figurePart.peek());
  const drawings = part ? [part] : mainDrawings(view);
  const theme = figureTheme.peek();
  const wanted = figureWidth.peek();
  if (wanted === "screen") {
    const [only] = drawings;
    const width = drawings.length === 1 && only ? only.clientWidth : view.clientWidth;
    return { drawings, look: { width, height: 0, theme }, millimetresPerPixel: INCH / PER_INCH };
  }
  const readable = WIDTHS[wanted] / ((INCH / PER_INCH) * PRINTED);
  const width = Math.round(Math.max(readable, ...drawings.map(narrowest)));
  const millimetresPerPixel = WIDTHS[wanted] / width;
  const height = Math.round(PAGE_HEIGHT / millimetresPerPixel);
  return { drawings, look: { width, height, theme }, millimetresPerPixel };
}

/** CSS pixels that a drawing needs, though its text becomes smaller than others have it. */
function narrowest(drawing: HTMLElement): number {
  const box = drawing.querySelector<HTMLElement>("[data-figure-width]");
  return Number(box?.dataset.figureWidth ?? 0);
}
