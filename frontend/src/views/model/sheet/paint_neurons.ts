/**
 * The neurons of a head for one query: the query above, each key and its product with the query
 * below, and the weight at the right. Blue is positive, orange negative.
 */

import { diverging, headColour } from "../../../draw/colour";
import type { Palette } from "../../../draw/palette";
import { pixelImage } from "../../../draw/pixel_image";
import { paintSigned, type SignedScale, signedScale } from "../../../draw/strips";
import { canvasFont } from "../../../draw/style";
import { fitText, widthIn } from "../../../draw/text";
import { drawLabel, widestLabel } from "../../../draw/token_label";
import { theme } from "../../../state/host";
import { type RowLabel, rowName } from "../../../state/row_labels";
import { activeQuery } from "../../../state/selection";
import { headKey, sheetHeads } from "../../../state/sheet";
import type { Neurons, Theme } from "../../../types";
import { labelEvery } from "../layout";
import { paramsOf } from "../state";
import type { HeadBox } from "./paint";
import { headAt } from "./paint_detail";

type Context = CanvasRenderingContext2D;

const FONT = { least: 9, most: 12 };
const EDGE = 6;
/** Shares of the width, for labels and weights. */
const SHARE = { labels: 0.2, weights: 0.14 };
/** Height of the line of names, and of the query's strip, in CSS pixels. */
const TITLE = 18;
const QUERY = 16;
/** How much of the keys that the query does not see is covered. */
const UNSEEN = 0.75;

interface Strips {
  readonly query: OffscreenCanvas | null;
  readonly key: OffscreenCanvas | null;
  readonly product: OffscreenCanvas | null;
}

export function paintNeurons(context: Context, box: HeadBox, paints: Palette): void {
  const neurons = sheetHeads.value.neurons.get(headKey(box.address));
  const { source } = headAt(box.address, "a");
  const cells = source.heads()[0]?.cells;
  const params = paramsOf(box.address.layer);
  const note = params?.weights_only
    ? "Only weights of this head were logged: there are no queries and keys."
    : "Neurons …";
  if (!neurons || !cells) {
    paintNote(context, box, note, paints);
    return;
  }
  const query = Math.min(neurons.queries - 1, activeQuery.value);
  const isPlain = cells.queries === neurons.queries && cells.keys === neurons.keys;
  const keys = source.keyLabels();
  const font = Math.max(
    FONT.least,
    Math.min(FONT.most, Math.floor((box.side - TITLE - QUERY) / neurons.keys)),
  );
  const left = box.left + EDGE;
  const labels = Math.min(SHARE.labels * box.side, widestLabel(keys, canvasFont(font)) + 6);
  const weights = isPlain ? SHARE.weights * box.side : 0;
  const strip = (box.side - 2 * EDGE - labels - weights - EDGE) / 2;
  const top = box.top + TITLE + QUERY + EDGE;
  const row = (box.top + box.side - EDGE - top) / neurons.keys;
  const places = [left + labels, left + labels + strip + EDGE] as const;
  const seen = seenKeys(cells.masked.reach?.[query], neurons.keys, isPlain);
  const strips = stripsOf(neurons, query, theme.value);
  context.imageSmoothingEnabled = strip < neurons.neurons;
  const draw = (image: OffscreenCanvas | null, x: number, y: number, height: number): void => {
    if (image) context.drawImage(image, x, y, strip, height);
  };
  draw(strips.query, places[0], box.top + TITLE, QUERY - 4);
  draw(strips.key, places[0], top, neurons.keys * row);
  draw(strips.product, places[1], top, neurons.keys * row);
  const alpha = context.globalAlpha;
  context.globalAlpha = UNSEEN * alpha;
  context.fillStyle = paints.card;
  context.fillRect(places[0], top + seen * row, 2 * strip + EDGE, (neurons.keys - seen) * row);
  context.globalAlpha = alpha;
  paintTitles(context, box, places, rowName(source.queryLabels(), isPlain ? query : -1), paints);
  context.font = canvasFont(font);
  for (let at = 0; at < neurons.keys; at += labelEvery(row, font + 1)) {
    const label: RowLabel | undefined = keys.length === neurons.keys ? keys[at] : undefined;
    const y = top + (at + 0.5) * row;
    if (label)
      drawLabel(
        context,
        label,
        { x: left + labels - 4, y, room: labels - 4, align: "right" },
        paints,
      );
  }
  if (!isPlain) return;
  context.fillStyle = headColour(box.address.head, theme.value);
  const from = places[1] + strip + EDGE;
  for (let at = 0; at < seen; at++) {
    const weight = cells.data[query * cells.keys + at] ?? 0;
    context.fillRect(from, top + (at + 0.1) * row, weight * weights, Math.max(0.5, 0.8 * row));
  }
}

/** How many keys the query sees by position. */
function seenKeys(reach: number | undefined, keys: number, isPlain: boolean): number {
  return isPlain && reach !== undefined ? reach + 1 : keys;
}

function paintTitles(
  context: Context,
  { top, left, side }: HeadBox,
  [key, product]: readonly [number, number],
  query: string,
  paints: Palette,
): void {
  context.font = canvasFont(11, 500);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = paints.text;
  const y = top + TITLE / 2;
  context.fillText(fitText(`q of ${query}, k below`, product - key, widthIn(context)), key, y);
  context.fillText("q × k", product, y);
  context.textAlign = "right";
  context.fillText("weight", left + side - EDGE, y);
}

function paintNote(
  context: Context,
  { left, top, side }: HeadBox,
  text: string,
  paints: Palette,
): void {
  context.font = canvasFont(12);
  context.fillStyle = paints.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(
    fitText(text, side - 2 * EDGE, widthIn(context)),
    left + side / 2,
    top + side / 2,
  );
}

let made: { of: Neurons; query: number; theme: Theme; strips: Strips } | null = null;

/** Pixels of one head; the last ones are kept. */
function stripsOf(neurons: Neurons, query: number, now: Theme): Strips {
  if (made?.of === neurons && made.query === query && made.theme === now) return made.strips;
  const width = neurons.neurons;
  const own = neurons.query.subarray(query * width, (query + 1) * width);
  const products = neurons.key.map((value, at) => value * (own[at % width] ?? 0) * neurons.scale);
  const order = Array.from({ length: width }, (_, at) => at);
  const image = (values: Float32Array, scale: SignedScale): OffscreenCanvas | null =>
    pixelImage(paintSigned(values, width, order, scale, diverging(now)), width);
  const strips = {
    query: image(own, signedScale(own)),
    key: image(neurons.key, signedScale(neurons.key)),
    product: image(products, signedScale(products)),
  };
  made = { of: neurons, query, theme: now, strips };
  return strips;
}
