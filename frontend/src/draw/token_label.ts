/**
 * Token labels on a canvas: cut to the room there is, with what stands for spaces in a quiet
 * colour.
 */

import type { RowLabel } from "../state/row_labels";
import { readsAsNumber } from "../state/tokens";
import { fitText, textWidth, widthIn } from "./text";

/** Colours of a label; with `token` a number that is a token is told from one that is none. */
export interface LabelInk {
  readonly text: string;
  readonly muted: string;
  readonly token?: string;
}

/** A quiet tint behind a token that could be taken for an index or a weight. */
export function tintNumber(
  context: CanvasRenderingContext2D,
  label: string,
  at: { readonly left: number; readonly y: number; readonly width: number; readonly size: number },
  colour: string,
): void {
  if (!readsAsNumber(label)) return;
  context.fillStyle = colour;
  const height = at.size + 3;
  context.fillRect(at.left - 3, at.y - height / 2, at.width + 6, height);
}

/** Draws a label that ends (right) or begins (left) at x. The font is that of the context. */
export function drawLabel(
  context: CanvasRenderingContext2D,
  token: RowLabel,
  place: {
    readonly x: number;
    readonly y: number;
    readonly room: number;
    readonly align: "left" | "right";
  },
  ink: LabelInk,
): void {
  const width = widthIn(context);
  const { font } = context;
  // What is behind the label says that the token is a part of a character; special tokens lean.
  const part = token.part === undefined ? "" : ` ${token.part}`;
  if (token.special) context.font = `italic ${font}`;
  const text = fitText(token.label, place.room - width(part), width);
  const dots = token.quiet ? "" : (/^·+/u.exec(text)?.[0] ?? "");
  const rest = text.slice(dots.length);
  context.direction = "ltr";
  context.textAlign = "left";
  context.textBaseline = "middle";
  const end = width(text);
  const left = place.align === "left" ? place.x : place.x - end - width(part);
  if (ink.token !== undefined) {
    const size = Number.parseFloat(/([\d.]+)px/.exec(font)?.[1] ?? "12");
    tintNumber(context, token.label, { left, y: place.y, width: end, size }, ink.token);
  }
  context.fillStyle = ink.muted;
  if (dots) context.fillText(dots, left, place.y);
  if (part) context.fillText(part, left + end, place.y);
  if (token.hidden) context.fillRect(left, place.y, end, 1);
  if (!token.quiet && !token.special && !token.hidden) context.fillStyle = ink.text;
  context.fillText(rest, left + (dots ? width(dots) : 0), place.y);
  if (token.special) context.font = font;
}

/** The label with what stands behind it. */
function wholeLabel({ label, part }: Pick<RowLabel, "label" | "part">): string {
  return part === undefined ? label : `${label} ${part}`;
}

/** Width of the widest label in CSS pixels. */
export function widestLabel(
  labels: readonly Pick<RowLabel, "label" | "part">[],
  font: string,
): number {
  return labels.reduce((widest, label) => Math.max(widest, textWidth(wholeLabel(label), font)), 0);
}
