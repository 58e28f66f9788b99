/** Pixels as an image that a canvas draws, stretched to any size. */

/** RGBA `pixels` in rows of `columns`; null where there are none. */
export function pixelImage(
  pixels: Uint8ClampedArray<ArrayBuffer>,
  columns: number,
): OffscreenCanvas | null {
  if (pixels.length === 0) return null;
  const rows = pixels.length / 4 / columns;
  const image = new OffscreenCanvas(columns, rows);
  image.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return image;
}
