/**
 * The part of the neuron view that does not scroll: the query's strip, headings and the keys to the
 * scales.
 */

import { palette } from "../../draw/palette";
import { drawRamp, type SignedScale } from "../../draw/strips";
import { canvasFont } from "../../draw/style";
import { fitText, widthIn } from "../../draw/text";
import { limitText, shortWeightText } from "../../format";
import { displayToken } from "../../state/tokens";
import { HEADING_TOP, QUERY_HEIGHT, QUERY_TOP, SINK_HEIGHT, type Span } from "./layout";
import { besideStrips, drawScore, drawWeight, type Scene } from "./paint";

type Context = CanvasRenderingContext2D;

export interface Scales {
  readonly query: SignedScale;
  readonly key: SignedScale;
  readonly product: SignedScale;
}

export function drawHeader(
  context: Context,
  scene: Scene,
  scales: Scales,
  queryToken: string,
  table: Uint8ClampedArray,
  width: number,
): void {
  const { layout } = scene;
  const images = scene.lanes[0]?.images ?? { query: null };
  const colours = palette(scene.theme);
  context.save();
  context.translate(-scene.left, 0);
  context.textBaseline = "middle";
  context.imageSmoothingEnabled = false;
  if (images.query) {
    const height = QUERY_HEIGHT / scene.lanes.length;
    scene.lanes.forEach(({ images: { query } }, at) => {
      if (query)
        context.drawImage(
          query,
          layout.key.left,
          QUERY_TOP + at * height,
          layout.key.width,
          height - at,
        );
    });
    signedKey(context, scene, scales.query, layout.product, QUERY_TOP + 11, table, "q");
    if (layout.queries) {
      heading(context, scene, "q of every token", layout.queries.left, HEADING_TOP);
      signedKey(context, scene, scales.query, layout.queries, HEADING_TOP + 14, table);
    }
    heading(context, scene, "q and k", layout.key.left, HEADING_TOP);
    signedKey(context, scene, scales.key, layout.key, HEADING_TOP + 14, table);
    heading(context, scene, "q × k × scale", layout.product.left, HEADING_TOP);
    signedKey(context, scene, scales.product, layout.product, HEADING_TOP + 14, table);
  }
  context.restore();
  context.textBaseline = "middle";
  besideStrips(context, scene, colours.card, 0, layout.header - 1, () =>
    drawNumbers(context, scene, images.query !== null),
  );
  const { label } = layout;
  context.fillStyle = colours.card;
  context.fillRect(0, 0, label.left + label.width + 8, layout.header);
  context.fillStyle = colours.border;
  context.fillRect(0, layout.header - 1, width, 1);
  note(context, scene, "query", label.left + label.width, QUERY_TOP - 8, "right");
  note(context, scene, "key", label.left + label.width, QUERY_TOP + QUERY_HEIGHT + 8, "right");
  if (layout.sink !== null)
    note(
      context,
      scene,
      "sink",
      label.left + label.width,
      layout.sink + SINK_HEIGHT / 2 - 2,
      "right",
    );
  context.font = canvasFont(13, 700);
  context.textAlign = "right";
  context.fillStyle = colours.query;
  const token = displayToken(queryToken);
  context.fillText(
    fitText(token.label, label.width, widthIn(context)),
    label.left + label.width,
    QUERY_TOP + QUERY_HEIGHT / 2,
  );
}

/** Headings of score and weight, and the line of the sink. */
function drawNumbers(context: Context, scene: Scene, strips: boolean): void {
  const { layout } = scene;
  if (layout.score) {
    const middle = layout.score.left + layout.score.width / 2;
    heading(context, scene, "score q·k", middle, HEADING_TOP, "center");
    const range = `±${limitText(scene.scoreLimit)}`;
    note(context, scene, range, middle, HEADING_TOP + 14, "center");
  }
  heading(context, scene, "softmax", layout.weight.left, HEADING_TOP);
  if (strips)
    note(context, scene, weightRange(scene), layout.weight.left, HEADING_TOP + 14, "left");
  if (layout.sink !== null && scene.sink) {
    const lines = { top: layout.sink, height: SINK_HEIGHT - 4 };
    if (layout.score) drawScore(context, scene, layout.score, scene.sink.score, lines);
    drawWeight(context, scene, scene.sink.weight, lines);
  }
}

function weightRange({ weightLimit, signedWeights }: Scene): string {
  const most = shortWeightText(weightLimit, weightLimit);
  return signedWeights ? `±${most}` : `0 … ${most}`;
}

function heading(
  context: Context,
  scene: Scene,
  text: string,
  x: number,
  y: number,
  align: CanvasTextAlign = "left",
): void {
  context.font = canvasFont(11, 500);
  context.textAlign = align;
  context.fillStyle = palette(scene.theme).text;
  context.fillText(text, x, y);
}

function note(
  context: Context,
  scene: Scene,
  text: string,
  x: number,
  y: number,
  align: CanvasTextAlign,
): void {
  context.font = canvasFont(10);
  context.textAlign = align;
  context.fillStyle = palette(scene.theme).muted;
  context.fillText(text, x, y);
}

/** "-2.1 [orange to blue] 2.1"; a scale that is cut says that larger values look the same. */
function signedKey(
  context: Context,
  scene: Scene,
  scale: SignedScale,
  span: Span,
  y: number,
  table: Uint8ClampedArray,
  name = "",
): void {
  const sign = scale.cut ? "≥" : "";
  const [low, high] = [
    `${name === "" ? "" : `${name}: `}${scale.cut ? "≤" : ""}−${limitText(scale.limit)}`,
    `${sign}${limitText(scale.limit)}`,
  ];
  note(context, scene, low, span.left, y, "left");
  const from = span.left + context.measureText(low).width + 4;
  const room = Math.min(
    60,
    Math.max(20, span.left + span.width - from - context.measureText(high).width - 4),
  );
  drawRamp(context, table, new DOMRectReadOnly(from, y - 4, room, 8));
  context.strokeStyle = palette(scene.theme).border;
  context.lineWidth = 1;
  context.strokeRect(from - 0.5, y - 4.5, room + 1, 9);
  note(context, scene, high, from + room + 4, y, "left");
}
