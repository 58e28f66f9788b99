/** Strokes over what has no number, so that it does not look like 0. */

/** CSS pixels between two strokes. */
const DISTANCE = 6;

/** Slanting strokes over a box, in CSS pixels. */
export function paintHatch(
  context: CanvasRenderingContext2D,
  { left, top, width, height }: Box,
  colour: string,
  distance = DISTANCE,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left; x < left + width + height; x += distance) {
    context.moveTo(x, top);
    context.lineTo(x - height, top + height);
  }
  context.stroke();
  context.restore();
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
