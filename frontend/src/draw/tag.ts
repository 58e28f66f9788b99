/** A text on a small card, beside what it belongs to: the tip of drawings. */

import { theme } from "../state/host";
import { palette } from "./palette";
import { canvasFont } from "./style";

const PADDING = 6;
const HEIGHT = 18;

/** `left`: where the card begins, given its width; `middle`: half of its height. CSS pixels. */
export function paintTag(
  context: CanvasRenderingContext2D,
  text: string,
  left: (width: number) => number,
  middle: number,
): void {
  const colours = palette(theme.value);
  context.font = canvasFont(11);
  const width = context.measureText(text).width + 2 * PADDING;
  const from = left(width);
  context.fillStyle = colours.card;
  context.strokeStyle = colours.border;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(from + 0.5, middle - HEIGHT / 2 + 0.5, width - 1, HEIGHT - 1, 4);
  context.fill();
  context.stroke();
  context.fillStyle = colours.text;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, from + PADDING, middle + 0.5);
}
