/** Pixels as a PDF has them: colours, and how opaque each is, apart. Pure. */

export interface Planes {
  /** Red, green, blue of each pixel. */
  readonly colours: Uint8Array<ArrayBuffer>;
  readonly alphas: Uint8Array<ArrayBuffer>;
  readonly isOpaque: boolean;
}

/**
 * Parts RGBA `data`. What is transparent has the colour of what is left of it, or white: programs
 * that smooth an image would draw an edge of the black under it.
 */
export function planesOf(data: ArrayLike<number>, width: number): Planes {
  const count = data.length / 4;
  const [colours, alphas] = [new Uint8Array(3 * count), new Uint8Array(count)];
  let isOpaque = true;
  for (let pixel = 0; pixel < count; pixel++) {
    const alpha = data[4 * pixel + 3] ?? 0;
    alphas[pixel] = alpha;
    isOpaque &&= alpha === 255;
    const isFirst = pixel % width === 0;
    for (let channel = 0; channel < 3; channel++) {
      const beside = isFirst ? 255 : (colours[3 * (pixel - 1) + channel] ?? 255);
      colours[3 * pixel + channel] = alpha === 0 ? beside : (data[4 * pixel + channel] ?? 0);
    }
  }
  return { colours, alphas, isOpaque };
}
