/** Canvases, pixels, colours and fonts, which only a page has. */

import { fontFiles } from "../draw/style";
import type { Colour, Pixels, Reach } from "./pdf/context";
import { PdfFont } from "./pdf/font";
import type { ImagePart, Measure } from "./vector_context";

type Context = CanvasRenderingContext2D;

/** Pixels of a file for each of the page where cells have edges, so that no program blurs them. */
const SHARP = 4;
/** Side of the largest image that is made so. */
const LARGEST = 2048;
/** Pixels for each of the page in letters that the fonts lack: 770 dots an inch in print. */
const LETTERS = 6;
const NO_CANVAS = "The browser gave no canvas to draw the picture on.";

export function sharpCanvas(
  width: number,
  height: number,
  sharpness: number,
): { canvas: HTMLCanvasElement; context: Context } {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * sharpness));
  canvas.height = Math.max(1, Math.round(height * sharpness));
  const context = contextOf(canvas);
  context.scale(sharpness, sharpness);
  return { canvas, context };
}

export function contextOf(canvas: HTMLCanvasElement): Context {
  const context = canvas.getContext("2d");
  if (!context) throw new Error(NO_CANVAS);
  return context;
}

export function measurer(): Measure {
  const measuring = contextOf(document.createElement("canvas"));
  return (text, font, baseline) => {
    measuring.font = font;
    measuring.textBaseline = baseline;
    return measuring.measureText(text);
  };
}

/** A part of an image by itself; where it is not smoothed, large enough to stay sharp anywhere. */
export function cutOut({
  image,
  from: [x, y, width, height],
  to,
  smooth,
}: ImagePart): HTMLCanvasElement {
  const [, , across, down] = to;
  const wanted = Math.round(SHARP * Math.max(across / width, down / height));
  const room = Math.floor(LARGEST / Math.max(width, height));
  const larger = smooth ? 1 : Math.max(1, Math.min(wanted, room));
  const { canvas, context } = sharpCanvas(Math.round(width), Math.round(height), larger);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(image, x, y, width, height, 0, 0, Math.round(width), Math.round(height));
  return canvas;
}

export function pixelsOf(canvas: HTMLCanvasElement): Pixels {
  const { width, height } = canvas;
  const { data } = contextOf(canvas).getImageData(0, 0, width, height);
  return { data, width, height };
}

/** Any colour of CSS in numbers. */
export function colourReader(): (css: string) => Colour {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(NO_CANVAS);
  const known = new Map<string, Colour>();
  return (css) => {
    const before = known.get(css);
    if (before) return before;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    const colour = [red / 255, green / 255, blue / 255, alpha / 255] as const;
    known.set(css, colour);
    return colour;
  };
}

/** Letters as the page shows them, in whatever font it has found for them. */
export function letters(text: string, font: string, fill: string): Pixels & Reach {
  const measuring = contextOf(document.createElement("canvas"));
  measuring.font = font;
  const size = measuring.measureText(text);
  const [left, top] = [
    -Math.ceil(size.actualBoundingBoxLeft),
    -Math.ceil(size.actualBoundingBoxAscent),
  ];
  const across = Math.ceil(size.actualBoundingBoxRight) - left;
  const down = Math.ceil(size.actualBoundingBoxDescent) - top;
  const { canvas, context } = sharpCanvas(across, down, LETTERS);
  context.font = font;
  context.fillStyle = fill;
  context.fillText(text, -left, -top);
  return { ...pixelsOf(canvas), left, top, across, down };
}

const FONT_NAMES: Readonly<Record<number, string>> = { 400: "Regular", 500: "Medium", 700: "Bold" };

export async function pageFonts(): Promise<ReadonlyMap<number, PdfFont>> {
  const fonts = [...fontFiles].map(async ([weight, file]) => {
    const font = await PdfFont.read(`Roboto-${FONT_NAMES[weight] ?? weight}`, await file());
    return [weight, font] as const;
  });
  return new Map(await Promise.all(fonts));
}
