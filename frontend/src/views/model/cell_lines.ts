/**
 * A thumbnail as lines from its queries at the left to its keys at the right. Pure but for the
 * context that it draws into.
 */

/** What of a canvas drawing context the lines need. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  "beginPath" | "moveTo" | "lineTo" | "stroke" | "strokeStyle" | "globalAlpha" | "lineWidth"
>;

/** Lines of about the same strength are drawn as one path: opacity comes in so many steps. */
const LEVELS = 16;

/**
 * For each step of opacity the entries of the thumbnail that are drawn with it. `alphas`: opacity
 * 0..1 of each of the 256 values.
 */
export function levelsOf(values: Uint8Array, alphas: Float32Array): readonly (readonly number[])[] {
  const levels: number[][] = Array.from({ length: LEVELS }, () => []);
  for (let at = 0; at < values.length; at++) {
    const alpha = alphas[values[at] ?? 0] ?? 0;
    if (alpha > 0) levels[Math.min(LEVELS - 1, Math.floor(alpha * LEVELS))]?.push(at);
  }
  return levels;
}

export interface LinesBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly rows: number;
  readonly columns: number;
}

/** Draws the faintest lines first. */
export function drawLines(
  pen: Pen,
  box: LinesBox,
  levels: readonly (readonly number[])[],
  colour: string,
): void {
  const { left, top, width, height, rows, columns } = box;
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(0.6, Math.min(3, height / Math.max(rows, columns) / 3));
  levels.forEach((entries, level) => {
    if (entries.length === 0) return;
    pen.globalAlpha = (level + 0.5) / LEVELS;
    pen.beginPath();
    for (const at of entries) {
      const row = Math.floor(at / columns);
      pen.moveTo(left, top + ((row + 0.5) / rows) * height);
      pen.lineTo(left + width, top + ((at - row * columns + 0.5) / columns) * height);
    }
    pen.stroke();
  });
  pen.globalAlpha = 1;
}
