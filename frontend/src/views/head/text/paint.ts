/** Paints the running text in two layers: the shading below, the words above. */

import { changeRamp, inkOn, rampColour, rampHex, sequential } from "../../../draw/colour";
import { palette } from "../../../draw/palette";
import { canvasFont } from "../../../draw/style";
import { drawLabel } from "../../../draw/token_label";
import { theme } from "../../../state/host";
import { firstOfLine } from "../../../ui/running_text";
import { focus, pinned } from "../focus";
import { sameRows } from "../rows";
import type { Part } from "../series";
import { colours, series, shape, strengthAt } from "../state";
import {
  fontSize,
  LOSS_HEIGHT,
  lineHeight,
  lossRoom,
  PADDING,
  type Passage,
  passages,
  STRIPE_HEIGHT,
  STRIPES,
  source,
  viewport,
} from "./state";

type Context = CanvasRenderingContext2D;

/**
 * Words, and titles where there are two passages. What is shaded darkly is written again by
 * `paintShading`.
 */
export function paintWords(context: Context): void {
  const paints = palette(theme.value);
  for (const passage of passages.value) {
    if (!sameRows.value) {
      context.font = canvasFont(12, 500);
      context.fillStyle = paints.muted;
      context.textBaseline = "middle";
      context.fillText(
        passage.side === "query" ? "queries" : "keys",
        PADDING,
        passage.top - 12 - viewport.value.top,
      );
    }
    for (const index of visibleTokens(passage)) {
      paintWord(context, passage, index, paints);
      paintLoss(context, passage, index, paints.muted);
    }
  }
}

/** A line under the word, as thick as its loss is large; a word that was not predicted has none. */
function paintLoss(context: Context, passage: Passage, index: number, colour: string): void {
  const loss = passage.losses?.values[index] ?? Number.NaN;
  if (passage.losses === null || Number.isNaN(loss)) return;
  const { x, y, width } = boxOf(passage, index);
  context.fillStyle = colour;
  const height = Math.max(0.5, (LOSS_HEIGHT * Math.max(0, loss)) / passage.losses.largest);
  context.fillRect(x, y + fontSize.value + 8, width, height);
}

/** The shade and the stripes of every token, the token they belong to, and the marks of pins. */
export function paintShading(context: Context): void {
  const from = source.value;
  const paints = palette(theme.value);
  for (const passage of passages.value) {
    const shades = from !== null && (sameRows.value || passage.side !== from.side);
    for (const index of visibleTokens(passage)) {
      if (shades) shadeToken(context, passage, index, from);
    }
    markTokens(context, passage, paints);
  }
}

function shadeToken(
  context: Context,
  passage: Passage,
  index: number,
  from: { side: "query" | "key"; row: number },
): void {
  const keys = shape.value?.keys ?? 0;
  const at = from.side === "query" ? from.row * keys + index : index * keys + from.row;
  let [alpha, strongest] = [0, 0];
  series.value.forEach((_, place) => {
    const strength = strengthAt(place, at);
    if (strength > alpha) [alpha, strongest] = [strength, place];
  });
  if (alpha === 0) return;
  const { x, y, width } = boxOf(passage, index);
  const [table, entry] = shadeOf(alpha, series.value[strongest]?.part ?? "weights");
  const shade = rampColour(table, entry);
  context.fillStyle = shade;
  context.fillRect(x - 1, y, width + 2, fontSize.value + 7);
  paintWord(context, passage, index, inkFor(table, entry));
  if (series.value.length > 1)
    paintStripes(context, at, { x, y: y + fontSize.value + 8 + lossRoom.value, width });
}

/**
 * The heads with the largest weights at an index, strongest first; length and opacity follow the
 * weight.
 */
function paintStripes(
  context: Context,
  at: number,
  place: { readonly x: number; readonly y: number; readonly width: number },
): void {
  const parts = series.value
    .map((_, index) => ({ index, part: strengthAt(index, at) }))
    .filter(({ part }) => part > 0);
  parts.sort((a, b) => b.part - a.part);
  for (const [order, { index, part }] of parts.slice(0, STRIPES).entries()) {
    context.globalAlpha = 0.25 + 0.75 * part;
    context.fillStyle = colours.value[index] ?? "";
    context.fillRect(
      place.x,
      place.y + order * STRIPE_HEIGHT,
      Math.max(2, place.width * part),
      STRIPE_HEIGHT - 1,
    );
  }
  context.globalAlpha = 1;
}

/** The ramp and its entry: of a difference, blue for less and red for more. */
function shadeOf(strength: number, part: Part): readonly [Uint8ClampedArray, number] {
  if (part === "more") return [changeRamp(theme.value), 127.5 + 127.5 * strength];
  if (part === "less") return [changeRamp(theme.value), 127.5 - 127.5 * strength];
  return [sequential(theme.value), 255 * strength];
}

function inkFor(table: Uint8ClampedArray, entry: number): { text: string; muted: string } {
  const ink = inkOn(rampHex(table, entry));
  return { text: ink, muted: ink };
}

function markTokens(
  context: Context,
  passage: Passage,
  paints: { accent: string; text: string },
): void {
  const { query, key } = focus.value;
  const own = (side: "query" | "key"): boolean => sameRows.value || passage.side === side;
  const mark = (row: number | null, colour: string): void => {
    if (row === null) return;
    const { x, y, width } = boxOf(passage, row);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.strokeRect(x - 1.5, y - 0.5, width + 3, fontSize.value + 8);
  };
  if (own("query")) mark(query, paints.text);
  if (own("key")) mark(key, paints.text);
  if (own("query")) mark(pinned.value.query, paints.accent);
  if (own("key")) mark(pinned.value.key, paints.accent);
}

function paintWord(
  context: Context,
  passage: Passage,
  index: number,
  ink: { text: string; muted: string },
): void {
  const label = passage.labels[index];
  if (!label) return;
  const { x, y, width } = boxOf(passage, index);
  context.font = canvasFont(fontSize.value);
  const place = { x: x + 0.5, y: y + fontSize.value / 2 + 4, room: width, align: "left" } as const;
  // No numbers stand beside these words.
  drawLabel(context, label, place, { text: ink.text, muted: ink.muted });
}

function boxOf(passage: Passage, index: number): { x: number; y: number; width: number } {
  const { left, width, line } = passage.layout;
  return {
    x: PADDING + (left[index] ?? 0),
    y: passage.top + (line[index] ?? 0) * lineHeight.value - viewport.value.top,
    width: width[index] ?? 0,
  };
}

function* visibleTokens(passage: Passage): Generator<number> {
  const first = Math.max(0, Math.floor((viewport.value.top - passage.top) / lineHeight.value));
  const last = Math.ceil(
    (viewport.value.top + viewport.value.height - passage.top) / lineHeight.value,
  );
  const end = firstOfLine(passage.layout, Math.max(0, last));
  for (let index = firstOfLine(passage.layout, first); index < end; index++) yield index;
}
