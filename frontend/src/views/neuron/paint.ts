/** The rows of the neuron view: strips, score and weight of each key. */

import { tint } from "../../draw/colour";
import { palette } from "../../draw/palette";
import { barShare, signedBar } from "../../draw/strips";
import { canvasFont } from "../../draw/style";
import { fitText, widthIn } from "../../draw/text";
import { tintNumber } from "../../draw/token_label";
import { shortText, shortWeightText } from "../../format";
import { displayToken } from "../../state/tokens";
import type { Theme } from "../../types";
import type { NeuronFrame } from "./frame";
import { rowTop, type Span, type StripLayout, visibleRows } from "./layout";

/** Strips as images of one pixel a cell; a row of `key` and `products` for each key. */
export interface Images {
  readonly query: OffscreenCanvas | null;
  readonly key: OffscreenCanvas | null;
  readonly products: OffscreenCanvas | null;
}

/** One capture's numbers in a row, or the difference of two. */
export interface Lane {
  readonly frame: NeuronFrame;
  readonly images: Images;
}

export interface Scene {
  readonly frame: NeuronFrame;
  readonly layout: StripLayout;
  /** One, or two where a second capture stands under the first. */
  readonly lanes: readonly Lane[];
  /** A row for each token's own query, where the layout has a column for them. */
  readonly queries: OffscreenCanvas | null;
  /** Whether the numbers are differences: a weight may then be negative. */
  readonly signedWeights: boolean;
  readonly sink: { readonly score: number; readonly weight: number } | null;
  readonly theme: Theme;
  readonly left: number;
  readonly top: number;
  /** Place of a row -> its key. */
  readonly keyPlaces: Int32Array;
  readonly keyToken: (j: number) => string;
  readonly pinnedKey: number | null;
  /** Row of the query among the keys, or null where they are other tokens. */
  readonly queryRow: number | null;
  /** Largest finite size of a score, and largest weight. */
  readonly scoreLimit: number;
  readonly weightLimit: number;
  readonly positive: string;
  readonly negative: string;
  readonly weightColour: string;
}

type Context = CanvasRenderingContext2D;

/** Of the colour of the key behind the row of the pinned one. */
const SOFT = 0.16;

/** Opacity of a weight's bar, so that its number can be read on it. */
const BEHIND = 0.4;

/** Height of a score's bar. */
const SCORE_BAR = 3;

/** All rows in view, under the header. */
export function drawRows(context: Context, scene: Scene, width: number, height: number): void {
  const { layout } = scene;
  const [first, last] = visibleRows(layout, scene.top, height);
  context.save();
  context.beginPath();
  context.rect(0, layout.header, width, height - layout.header);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.textBaseline = "middle";
  for (let place = first; place < last; place++)
    drawRow(context, scene, place, scene.keyPlaces[place] ?? place, width);
  context.restore();
}

/** `row`: the key, which stands at a place of its own. */
function drawRow(context: Context, scene: Scene, at: number, row: number, width: number): void {
  const { layout, frame, left } = scene;
  const colours = palette(scene.theme);
  const top = rowTop(layout, at, scene.top);
  const seen = frame.seen[row] === 1;
  const background = row === scene.pinnedKey ? tint(colours.key, colours.card, SOFT) : colours.card;
  if (row === scene.pinnedKey) {
    context.fillStyle = background;
    context.fillRect(0, top, width, layout.rowHeight);
  }
  const place = (lane: number): { top: number; height: number } => ({
    top: top + 3 + lane * layout.stripHeight,
    height: layout.stripHeight - (scene.lanes.length > 1 ? 1 : 0),
  });
  context.save();
  context.translate(-left, 0);
  if (layout.queries) drawOwnQuery(context, scene, row, layout.queries, place(0));
  scene.lanes.forEach(({ frame: each, images }, which) => {
    const lane = place(which);
    drawStrip(context, images.key, row, layout.key, lane, seen ? 1 : 0.22);
    if (!seen) return;
    drawStrip(context, images.products, row, layout.product, lane, 1);
    if (images.key) drawLink(context, scene, Math.abs(each.weights[row] ?? 0), lane);
  });
  if (!seen) {
    context.fillStyle = colours.muted;
    context.font = canvasFont(11);
    context.textAlign = "left";
    const words = row > frame.reach ? "later: not seen" : "masked: not seen";
    context.fillText(
      words,
      (frame.neurons > 0 ? layout.product : layout.weight).left,
      top + layout.rowHeight / 2,
    );
  }
  context.restore();
  besideStrips(context, scene, background, top, layout.rowHeight, () => {
    if (!seen) return;
    scene.lanes.forEach(({ frame: each }, which) => {
      const lane = place(which);
      if (layout.score && each.scores)
        drawScore(context, scene, layout.score, each.scores[row] ?? Number.NaN, lane);
      drawWeight(context, scene, each.weights[row] ?? Number.NaN, lane);
    });
  });
  drawLabel(context, scene, row, top, background);
}

/**
 * Draws score and weight where they stand: behind the strips, or over them at the right edge where
 * the strips are wider than the view.
 */
export function besideStrips(
  context: Context,
  { layout }: Scene,
  background: string,
  top: number,
  height: number,
  draw: () => void,
): void {
  context.save();
  context.translate(-layout.overhang, 0);
  if (layout.overhang > 0) {
    context.fillStyle = background;
    context.fillRect(layout.numbers, top, layout.width - layout.numbers, height);
  }
  draw();
  context.restore();
}

/** The query that the token of a row is itself; the one that is shown is framed. */
function drawOwnQuery(context: Context, scene: Scene, row: number, span: Span, lines: Lines): void {
  drawStrip(context, scene.queries, row, span, lines, 1);
  if (row !== scene.queryRow) return;
  context.strokeStyle = palette(scene.theme).query;
  context.lineWidth = 2;
  context.strokeRect(span.left - 1, lines.top - 1, span.width + 2, lines.height + 2);
}

interface Lines {
  readonly top: number;
  readonly height: number;
}

function drawStrip(
  context: Context,
  image: OffscreenCanvas | null,
  row: number,
  span: Span,
  { top, height }: Lines,
  alpha: number,
): void {
  if (!image) return;
  context.globalAlpha = alpha;
  context.drawImage(image, 0, row, image.width, 1, span.left, top, span.width, height);
  context.globalAlpha = 1;
}

/** Frames about key and product and what joins them to the weight: the darker, the larger it is. */
function drawLink(context: Context, scene: Scene, weight: number, { top, height }: Lines): void {
  const { key, product, weight: column } = scene.layout;
  context.globalAlpha = barShare(weight, scene.weightLimit);
  context.strokeStyle = scene.weightColour;
  context.lineWidth = 1;
  const middle = Math.round(top + height / 2) + 0.5;
  for (const { left, width } of [key, product])
    context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.beginPath();
  for (const [from, to] of [
    [key, product],
    [product, scene.layout.score ?? column],
  ] as const) {
    context.moveTo(from.left + from.width + 1, middle);
    context.lineTo(to.left - 1, middle);
  }
  context.stroke();
  context.globalAlpha = 1;
}

/** A score's number, and below it its bar about zero. */
export function drawScore(
  context: Context,
  scene: Scene,
  column: Span,
  value: number,
  { top, height }: Lines,
): void {
  const colours = palette(scene.theme);
  context.font = canvasFont(12);
  context.fillStyle = colours.text;
  context.textAlign = "center";
  const middle = column.left + column.width / 2;
  context.fillText(shortText(value), middle, top + height / 2 - SCORE_BAR / 2);
  const box = signedBar(value, scene.scoreLimit, column.left, column.width);
  const bar = top + height - SCORE_BAR;
  context.fillStyle = colours.border;
  context.fillRect(column.left, bar + SCORE_BAR - 1, column.width, 1);
  context.fillRect(middle - 0.5, bar - 1, 1, SCORE_BAR + 1);
  context.fillStyle = value < 0 ? scene.negative : scene.positive;
  context.fillRect(box.left, bar, box.width, SCORE_BAR);
}

/** A weight's number, over its bar. */
export function drawWeight(
  context: Context,
  scene: Scene,
  weight: number,
  { top, height }: Lines,
): void {
  const { left, width } = scene.layout.weight;
  const plain = { left, width: barShare(weight, scene.weightLimit) * width };
  const box = scene.signedWeights ? signedBar(weight, scene.weightLimit, left, width) : plain;
  const colour = scene.signedWeights
    ? weight < 0
      ? scene.negative
      : scene.positive
    : scene.weightColour;
  context.fillStyle = colour;
  context.globalAlpha = BEHIND;
  context.fillRect(box.left, top, Math.abs(weight) > 0 ? Math.max(1, box.width) : 0, height);
  context.globalAlpha = 1;
  context.font = canvasFont(12);
  context.fillStyle = palette(scene.theme).text;
  context.textAlign = "left";
  context.fillText(shortWeightText(weight, scene.weightLimit), left + 5, top + height / 2);
}

/** Position and token; they stay in place when the strips scroll sideways. */
function drawLabel(
  context: Context,
  scene: Scene,
  row: number,
  top: number,
  background: string,
): void {
  const { label, rowHeight } = scene.layout;
  const colours = palette(scene.theme);
  const isQuery = row === scene.queryRow;
  context.fillStyle = background;
  context.fillRect(0, top, label.left + label.width + 8, rowHeight);
  const middle = top + rowHeight / 2;
  context.font = canvasFont(10);
  context.textAlign = "left";
  context.fillStyle = colours.muted;
  const number = String(row);
  context.fillText(number, label.left, middle);
  const room = label.width - context.measureText(number).width - 6;
  const token = displayToken(scene.keyToken(row));
  context.font = canvasFont(13, isQuery ? 700 : 400);
  context.textAlign = "right";
  const text = fitText(token.label, room, widthIn(context));
  const width = context.measureText(text).width;
  const right = label.left + label.width;
  tintNumber(context, text, { left: right - width, y: middle, width, size: 13 }, colours.token);
  context.fillStyle = isQuery
    ? colours.query
    : token.quiet || scene.frame.seen[row] === 0
      ? colours.muted
      : colours.text;
  context.fillText(text, right, middle);
}
