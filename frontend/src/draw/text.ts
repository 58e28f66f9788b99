/** Widths of texts on a canvas, and texts cut to the room there is. */

/**
 * Longest beginning of `text` that fits, with "…" where it was cut. `measure`: width of a text in
 * CSS pixels.
 */
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

/** Widths in the font of a context. */
export function widthIn(context: CanvasRenderingContext2D): (text: string) => number {
  return (text) => context.measureText(text).width;
}

let measuring: CanvasRenderingContext2D | null = null;

/** Width of a text in CSS pixels. */
export function textWidth(text: string, font: string): number {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (!measuring) return 0;
  measuring.font = font;
  return measuring.measureText(text).width;
}
