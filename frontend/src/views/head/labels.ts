/** Token labels on a canvas: cut to the room there is, with what stands for spaces in a quiet colour. */

import type { RowLabel } from "./rows";

/** Longest beginning of `text` that fits, with "…" where it was cut. `measure`: width of a text in CSS pixels. */
export function fitText(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  const characters = [...text];
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${characters.slice(0, middle).join("")}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("")}…`;
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
  ink: { readonly text: string; readonly muted: string },
): void {
  const width = (text: string): number => context.measureText(text).width;
  // What is behind the label says that the token is a part of a character; special tokens lean.
  const part = token.part === undefined ? "" : ` ${token.part}`;
  if (token.special) context.font = `italic ${context.font}`;
  const text = fitText(token.label, place.room - width(part), width);
  const dots = token.quiet ? "" : (/^·+/u.exec(text)?.[0] ?? "");
  const rest = text.slice(dots.length);
  context.direction = "ltr";
  context.textAlign = "left";
  context.textBaseline = "middle";
  const end = width(text);
  const left = place.align === "left" ? place.x : place.x - end - width(part);
  context.fillStyle = ink.muted;
  if (dots) context.fillText(dots, left, place.y);
  if (part) context.fillText(part, left + end, place.y);
  if (token.hidden) context.fillRect(left, place.y, end, 1);
  if (!token.quiet && !token.special && !token.hidden) context.fillStyle = ink.text;
  context.fillText(rest, left + (dots ? width(dots) : 0), place.y);
}

/** The label with what stands behind it. */
function wholeLabel({ label, part }: Pick<RowLabel, "label" | "part">): string {
  return part === undefined ? label : `${label} ${part}`;
}

let measuring: CanvasRenderingContext2D | null = null;

/** Width of a text in CSS pixels. */
export function textWidth(text: string, font: string): number {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (!measuring) return 0;
  measuring.font = font;
  return measuring.measureText(text).width;
}

/** Width of the widest label in CSS pixels. */
export function widestLabel(
  labels: readonly Pick<RowLabel, "label" | "part">[],
  font: string,
): number {
  return labels.reduce((widest, label) => Math.max(widest, textWidth(wholeLabel(label), font)), 0);
}

/** A weight with four decimals, always as many characters; "0" is exactly nothing. */
export function weightText(weight: number): string {
  if (!Number.isFinite(weight)) return "not a number";
  if (weight === 0) return "0";
  return weight < 0.00005 ? "<0.0001" : weight.toFixed(4);
}

/** A difference with its sign. */
export function changeText(difference: number): string {
  if (!Number.isFinite(difference)) return "not a number";
  return difference === 0
    ? "0"
    : `${difference < 0 ? "−" : "+"}${weightText(Math.abs(difference))}`;
}

/** A share 0..1 as "97 %", never rounded to all or nothing. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.005) return "under 1 %";
  if (share < 1 && share >= 0.995) return "over 99 %";
  return `${Math.round(share * 100)} %`;
}

/** 12345 as "12,345". */
export function countText(count: number): string {
  return count.toLocaleString("en-GB");
}
